// AVX2: the product of a panel with a matrix of nibbles, four tokens at a time.

#include "go_asm.h"
#include "textflag.h"

// Registers:
//   Y0-Y3    sums of the current block: 8 rows, a register for each token, as
//            pairs of 16-bit numbers. A product of a nibble and a value is at
//            most 15*127, a pair adds up 16 of them: 30480 fits.
//   Y4-Y7    totals of the current rows, likewise, as floats
//   Y8, Y9   weights of 8 rows: 4 columns and the next 4, a byte each
//   Y10      15 in every byte            Y11      1 in every 16 bits
//   Y12, Y13 scratch                     Y14      scales of 8 rows
//   SI, DX, CX  nibbles, scales and bias of the current rows
//   DI       their y                     R11      the panel
//   AX       the current block, R13 its values, both moved to the first token
//   R9, R10  halves of groups left, blocks        R12  blocks left
//
// EACHn(M) is M(token, its sum, its total) for each of n tokens.

#define EACH1(M) M(0, Y0, Y4)
#define EACH2(M) EACH1(M) M(1, Y1, Y5)
#define EACH3(M) EACH2(M) M(2, Y2, Y6)
#define EACH4(M) EACH3(M) M(3, Y3, Y7)

#define BIAS(t, sum, total) VMOVUPS (CX), total;
#define ZERO(t, sum, total) VPXOR sum, sum, sum;

// Four columns of a token, broadcast to all rows. The weights are the unsigned
// operand of VPMADDUBSW, the token's values the signed one.
#define LOW(t, sum, total) \
	VPBROADCASTD (32*t)(R13), Y12;   \
	VPMADDUBSW   Y12, Y8, Y12;       \
	VPADDW       Y12, sum, sum;
#define HIGH(t, sum, total) \
	VPBROADCASTD (32*t+4)(R13), Y13; \
	VPMADDUBSW   Y13, Y9, Y13;       \
	VPADDW       Y13, sum, sum;

#define RUN(EACH, run) \
	VMOVDQU (64*run)(SI), Y9; \
	VPAND   Y10, Y9, Y8;      \
	VPSRLD  $4, Y9, Y9;       \
	VPAND   Y10, Y9, Y9;      \
	EACH(LOW)                 \
	EACH(HIGH)                \
	ADDQ    $8, R13

// The product with both scales is rounded before it is added, as in Go.
#define ADD(t, sum, total) \
	VPMADDWD     Y11, sum, sum;                \
	VPBROADCASTD (block_offset+4*t)(AX), Y12;  \
	VPADDD       Y12, sum, sum;                \
	VCVTDQ2PS    sum, sum;                     \
	VBROADCASTSS (block_scale+4*t)(AX), Y13;   \
	VMULPS       Y14, Y13, Y13;                \
	VMULPS       Y13, sum, sum;                \
	VADDPS       sum, total, total;

#define STORE(t, sum, total) VMOVUPS total, (4*const_rowStride*t)(DI);

// A group of 16 rows is done in two halves. Its blocks lie 256 bytes (nibbles)
// and 64 bytes (scales) apart; the second half is 32 bytes on in both.
#define QUAD(EACH, half, block, next) \
half:                            \
	EACH(BIAS)                   \
	MOVQ    R11, AX;             \
	MOVQ    R10, R12;            \
block:                           \
	EACH(ZERO)                   \
	MOVQ    R8, R13;             \
	RUN(EACH, 0);                \
	RUN(EACH, 1);                \
	RUN(EACH, 2);                \
	RUN(EACH, 3);                \
	VMOVUPS (DX), Y14;           \
	EACH(ADD)                    \
	ADDQ    $256, SI;            \
	ADDQ    $64, DX;             \
	ADDQ    $block__size, AX;    \
	ADDQ    $block__size, R8;    \
	DECQ    R12;                 \
	JNZ     block;               \
	EACH(STORE)                  \
	SUBQ    R15, R8;             \
	ADDQ    $32, DI;             \
	ADDQ    $32, CX;             \
	ADDQ    $32, SI;             \
	ADDQ    $32, DX;             \
	DECQ    R9;                  \
	JZ      done;                \
	BTQ     $0, R9;              \
	JCC     next;                \
	SUBQ    BX, SI;              \
	SUBQ    BP, DX;              \
	JMP     half;                \
next:                            \
	SUBQ    $64, SI;             \
	SUBQ    $64, DX;             \
	JMP     half

// func quadAVX2(y *float32, m *matrix, in *block, first, tokens int)
TEXT ·quadAVX2(SB), NOSPLIT, $8-40
	MOVQ m+8(FP), R8
	MOVQ matrix_nibbles(R8), SI
	MOVQ matrix_scales(R8), DX
	MOVQ matrix_bias(R8), CX
	MOVQ matrix_groups(R8), R9
	SHLQ $1, R9
	MOVQ matrix_blocks(R8), R10
	MOVQ y+0(FP), DI
	MOVQ in+16(FP), R11
	MOVQ first+24(FP), AX
	MOVQ AX, R8
	SHLQ $5, R8
	ADDQ R11, R8                   // values of the first token
	LEAQ (R11)(AX*4), R11          // its scale and offset, less those of the block
	IMUL3Q $block__size, R10, R15  // bytes of the panel
	MOVQ R10, BX
	SHLQ $8, BX                    // bytes of a group's nibbles
	MOVQ tokens+32(FP), AX
	MOVQ R10, BP
	SHLQ $6, BP                    // bytes of a group's scales
	VPCMPEQW Y11, Y11, Y11
	VPSRLW $15, Y11, Y11
	VPCMPEQB Y10, Y10, Y10
	VPSRLW $12, Y10, Y10
	VPACKUSWB Y10, Y10, Y10

	CMPQ AX, $1
	JEQ  one
	CMPQ AX, $2
	JEQ  two
	CMPQ AX, $3
	JEQ  three
	QUAD(EACH4, half4, block4, next4)
one:
	QUAD(EACH1, half1, block1, next1)
two:
	QUAD(EACH2, half2, block2, next2)
three:
	QUAD(EACH3, half3, block3, next3)
done:
	VZEROUPPER
	RET
