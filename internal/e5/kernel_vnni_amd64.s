// AVX-512 with VNNI: the product of a panel with a matrix of nibbles.

#include "go_asm.h"
#include "textflag.h"

// Registers:
//   Z0-Z11   sums of the current block: 16 rows, a register for each token
//   Z12-Z23  totals of the current group of rows, likewise
//   Z24, Z25 weights of 16 rows: 4 columns and the next 4, a byte each
//   Z26      15 in every byte
//   Z27      scales of 16 rows
//   Z28      scratch
//   SI, DX, CX  nibbles, scales and bias from here on
//   DI       y of the current group      R11  the panel
//   AX       the current block           R13  its values from the current column on
//   R9, R10  groups left, blocks         R12  blocks left
//
// EACHn(M) is M(token, its sum, its total) for each of n tokens.

#define EACH1(M)  M(0, Z0, Z12)
#define EACH2(M)  EACH1(M)  M(1, Z1, Z13)
#define EACH3(M)  EACH2(M)  M(2, Z2, Z14)
#define EACH4(M)  EACH3(M)  M(3, Z3, Z15)
#define EACH5(M)  EACH4(M)  M(4, Z4, Z16)
#define EACH6(M)  EACH5(M)  M(5, Z5, Z17)
#define EACH7(M)  EACH6(M)  M(6, Z6, Z18)
#define EACH8(M)  EACH7(M)  M(7, Z7, Z19)
#define EACH9(M)  EACH8(M)  M(8, Z8, Z20)
#define EACH10(M) EACH9(M)  M(9, Z9, Z21)
#define EACH11(M) EACH10(M) M(10, Z10, Z22)
#define EACH12(M) EACH11(M) M(11, Z11, Z23)

#define BIAS(t, sum, total) VMOVAPS Z28, total;

#define OFFSET(t, sum, total) VPBROADCASTD (block_offset+4*t)(AX), sum;

// Four columns of a token, broadcast to all rows. The weights are the unsigned
// operand of VPDPBUSD, the token's values the signed one.
#define LOW(t, sum, total)  VPDPBUSD.BCST (32*t)(R13), Z24, sum;
#define HIGH(t, sum, total) VPDPBUSD.BCST (32*t+4)(R13), Z25, sum;

#define RUN(EACH) \
	VMOVDQU64 (SI), Z25;      \
	VPANDD    Z26, Z25, Z24;  \
	VPSRLD    $4, Z25, Z25;   \
	VPANDD    Z26, Z25, Z25;  \
	EACH(LOW)                 \
	EACH(HIGH)                \
	ADDQ      $64, SI;        \
	ADDQ      $8, R13

// The product with both scales is rounded before it is added, as in Go.
#define ADD(t, sum, total) \
	VMULPS.BCST (block_scale+4*t)(AX), Z27, Z28; \
	VCVTDQ2PS   sum, sum;                        \
	VMULPS      Z28, sum, sum;                   \
	VADDPS      sum, total, total;

#define STORE(t, sum, total) VMOVUPS total, (4*const_rowStride*t)(DI);

#define PANEL(EACH, group, block) \
group:                          \
	VMOVUPS (CX), Z28;          \
	ADDQ    $64, CX;            \
	EACH(BIAS)                  \
	MOVQ    R11, AX;            \
	MOVQ    R10, R12;           \
block:                          \
	EACH(OFFSET)                \
	MOVQ    AX, R13;            \
	RUN(EACH);                  \
	RUN(EACH);                  \
	RUN(EACH);                  \
	RUN(EACH);                  \
	VMOVUPS (DX), Z27;          \
	ADDQ    $64, DX;            \
	EACH(ADD)                   \
	ADDQ    $block__size, AX;   \
	DECQ    R12;                \
	JNZ     block;              \
	EACH(STORE)                 \
	ADDQ    $64, DI;            \
	DECQ    R9;                 \
	JNZ     group;              \
	VZEROUPPER;                 \
	RET

// func panelVNNI(y *float32, m *matrix, in *block, tokens int)
TEXT ·panelVNNI(SB), NOSPLIT, $0-32
	MOVQ y+0(FP), DI
	MOVQ m+8(FP), R8
	MOVQ in+16(FP), R11
	MOVQ tokens+24(FP), BX
	MOVQ matrix_nibbles(R8), SI
	MOVQ matrix_scales(R8), DX
	MOVQ matrix_bias(R8), CX
	MOVQ matrix_groups(R8), R9
	MOVQ matrix_blocks(R8), R10
	MOVL $0x0f0f0f0f, AX
	VPBROADCASTD AX, Z26

	CMPQ BX, $1
	JEQ  one
	CMPQ BX, $2
	JEQ  two
	CMPQ BX, $3
	JEQ  three
	CMPQ BX, $4
	JEQ  four
	CMPQ BX, $5
	JEQ  five
	CMPQ BX, $6
	JEQ  six
	CMPQ BX, $7
	JEQ  seven
	CMPQ BX, $8
	JEQ  eight
	CMPQ BX, $9
	JEQ  nine
	CMPQ BX, $10
	JEQ  ten
	CMPQ BX, $11
	JEQ  eleven
	PANEL(EACH12, group12, block12)
one:
	PANEL(EACH1, group1, block1)
two:
	PANEL(EACH2, group2, block2)
three:
	PANEL(EACH3, group3, block3)
four:
	PANEL(EACH4, group4, block4)
five:
	PANEL(EACH5, group5, block5)
six:
	PANEL(EACH6, group6, block6)
seven:
	PANEL(EACH7, group7, block7)
eight:
	PANEL(EACH8, group8, block8)
nine:
	PANEL(EACH9, group9, block9)
ten:
	PANEL(EACH10, group10, block10)
eleven:
	PANEL(EACH11, group11, block11)
