// AVX2: the parts of the encoder that work on floats. Each does what the
// function of package e5 without the suffix does, in the same order, eight
// values at a time. Products and sums are separate instructions: see kernels.

#include "go_asm.h"
#include "textflag.h"

// Constants, each to be broadcast.
#define CONST(symbol, value) \
	DATA  symbol<>+0(SB)/4, value; \
	GLOBL symbol<>(SB), RODATA|NOPTR, $4

CONST(·absMask, $0x7fffffff)
CONST(·one, $1.0)
CONST(·half, $0.5)
CONST(·c127, $127.0)
CONST(·bias127, $127)
CONST(·tiny, $1e-30)
CONST(·count, $384.0)
CONST(·attention, $0.17677669)
CONST(·erfP, $0.3275911)
CONST(·erfA1, $0.254829592)
CONST(·erfA2, $-0.284496736)
CONST(·erfA3, $1.421413741)
CONST(·erfA4, $-1.453152027)
CONST(·erfA5, $1.061405429)
CONST(·sqrtHalf, $0.70710678118654752440)
CONST(·expMin, $-87.0)
CONST(·log2e, $1.44269504088896340736)
CONST(·ln2High, $0.693359375)
CONST(·ln2Low, $-0.000212194440054690583)
CONST(·taylor6, $0.00138888888888888889)
CONST(·taylor5, $0.00833333333333333333)
CONST(·taylor4, $0.04166666666666666667)
CONST(·taylor3, $0.16666666666666666667)

// EXP replaces x, at most 0, by e^x. It uses Y8 to Y11 and the constants that
// EXPCONSTS puts into Y12 to Y15.
#define EXPCONSTS \
	VBROADCASTSS ·expMin<>(SB), Y12;  \
	VBROADCASTSS ·log2e<>(SB), Y13;   \
	VBROADCASTSS ·ln2High<>(SB), Y14; \
	VBROADCASTSS ·ln2Low<>(SB), Y15

#define EXP(x) \
	VMAXPS       Y12, x, x;              \
	VMULPS       Y13, x, Y8;             \
	VROUNDPS     $0, Y8, Y8;               \
	VMULPS       Y14, Y8, Y9;            \
	VSUBPS       Y9, x, x;               \
	VMULPS       Y15, Y8, Y9;            \
	VSUBPS       Y9, x, x;               \
	VCVTPS2DQ    Y8, Y8;                 \
	VBROADCASTSS ·taylor6<>(SB), Y9;     \
	VBROADCASTSS ·taylor5<>(SB), Y10;    \
	VMULPS       x, Y9, Y9;              \
	VADDPS       Y10, Y9, Y9;            \
	VBROADCASTSS ·taylor4<>(SB), Y10;    \
	VMULPS       x, Y9, Y9;              \
	VADDPS       Y10, Y9, Y9;            \
	VBROADCASTSS ·taylor3<>(SB), Y10;    \
	VMULPS       x, Y9, Y9;              \
	VADDPS       Y10, Y9, Y9;            \
	VBROADCASTSS ·half<>(SB), Y10;       \
	VMULPS       x, Y9, Y9;              \
	VADDPS       Y10, Y9, Y9;            \
	VBROADCASTSS ·one<>(SB), Y10;        \
	VMULPS       x, Y9, Y9;              \
	VADDPS       Y10, Y9, Y9;            \
	VMULPS       x, Y9, Y9;              \
	VADDPS       Y10, Y9, Y9;            \
	VPBROADCASTD ·bias127<>(SB), Y10;    \
	VPADDD       Y10, Y8, Y8;            \
	VPSLLD       $23, Y8, Y8;            \
	VMULPS       Y8, Y9, x

// SUM8 leaves the sum of the lanes of y, whose low half is x, in x's lane 0.
#define SUM8(x, y, tmp) \
	VEXTRACTF128 $1, y, tmp;    \
	VADDPS       tmp, x, x;     \
	VMOVHLPS     x, x, tmp;     \
	VADDPS       tmp, x, x;     \
	VMOVSHDUP    x, tmp;        \
	VADDSS       tmp, x, x

// MAX8 is SUM8 for the greatest lane.
#define MAX8(x, y, tmp) \
	VEXTRACTF128 $1, y, tmp;    \
	VMAXPS       tmp, x, x;     \
	VMOVHLPS     x, x, tmp;     \
	VMAXPS       tmp, x, x;     \
	VMOVSHDUP    x, tmp;        \
	VMAXSS       tmp, x, x

DATA ·unpack<>+0(SB)/8, $0x0000000400000000
DATA ·unpack<>+8(SB)/8, $0x0000000500000001
DATA ·unpack<>+16(SB)/8, $0x0000000600000002
DATA ·unpack<>+24(SB)/8, $0x0000000700000003
GLOBL ·unpack<>(SB), RODATA|NOPTR, $32

// func quantiseAVX2(out *block, x *float32, blocks, token int)
TEXT ·quantiseAVX2(SB), NOSPLIT, $0-32
	MOVQ out+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ blocks+16(FP), CX
	MOVQ token+24(FP), AX
	LEAQ (DI)(AX*4), DX            // scale and offset of the token, less those of the block
	SHLQ $5, AX
	ADDQ AX, DI                    // its values
	VBROADCASTSS ·absMask<>(SB), Y15
	VMOVDQU ·unpack<>(SB), Y14
	VMOVSS ·c127<>(SB), X13
	VMOVSS ·one<>(SB), X12
	VMOVSS ·tiny<>(SB), X11

block:
	VMOVUPS (SI), Y0
	VMOVUPS 32(SI), Y1
	VMOVUPS 64(SI), Y2
	VMOVUPS 96(SI), Y3
	VANDPS  Y15, Y0, Y4
	VANDPS  Y15, Y1, Y5
	VANDPS  Y15, Y2, Y6
	VANDPS  Y15, Y3, Y7
	VMAXPS  Y4, Y5, Y4
	VMAXPS  Y6, Y7, Y6
	VMAXPS  Y4, Y6, Y4
	MAX8(X4, Y4, X5)
	VDIVSS  X13, X4, X4            // scale
	VUCOMISS X11, X4
	JCS     zero
	VDIVSS  X4, X12, X5            // its inverse
	VMOVSS  X4, block_scale(DX)
	VBROADCASTSS X5, Y5
	VMULPS  Y5, Y0, Y0
	VMULPS  Y5, Y1, Y1
	VMULPS  Y5, Y2, Y2
	VMULPS  Y5, Y3, Y3
	VCVTPS2DQ Y0, Y0
	VCVTPS2DQ Y1, Y1
	VCVTPS2DQ Y2, Y2
	VCVTPS2DQ Y3, Y3
	VPADDD  Y0, Y1, Y4
	VPADDD  Y2, Y3, Y5
	VPADDD  Y4, Y5, Y4
	VEXTRACTI128 $1, Y4, X5
	VPADDD  X5, X4, X4
	VPSHUFD $0x4e, X4, X5
	VPADDD  X5, X4, X4
	VPSHUFD $0xb1, X4, X5
	VPADDD  X5, X4, X4
	VMOVD   X4, AX
	SHLL    $3, AX
	NEGL    AX
	MOVL    AX, block_offset(DX)
	VPACKSSDW Y1, Y0, Y0
	VPACKSSDW Y3, Y2, Y2
	VPACKSSWB Y2, Y0, Y0
	VPERMD  Y0, Y14, Y0            // packing works on halves: put the fours in order
	VMOVDQU Y0, (DI)
next:
	ADDQ    $128, SI
	ADDQ    $block__size, DI
	ADDQ    $block__size, DX
	DECQ    CX
	JNZ     block
	VZEROUPPER
	RET

zero:
	VPXOR   Y0, Y0, Y0
	VMOVDQU Y0, (DI)
	VMOVSS  X0, block_scale(DX)
	VMOVSS  X0, block_offset(DX)
	JMP     next

// func geluAVX2(x *float32, n int)
TEXT ·geluAVX2(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	EXPCONSTS
	VBROADCASTSS ·one<>(SB), Y7

loop:
	VMOVUPS (SI), Y0
	VBROADCASTSS ·absMask<>(SB), Y1
	VANDPS  Y1, Y0, Y1             // a = |x|
	VBROADCASTSS ·sqrtHalf<>(SB), Y2
	VMULPS  Y2, Y1, Y2             // z
	VBROADCASTSS ·erfP<>(SB), Y3
	VMULPS  Y2, Y3, Y3
	VADDPS  Y7, Y3, Y3
	VDIVPS  Y3, Y7, Y3             // t
	VMULPS  Y2, Y2, Y2
	VXORPS  Y4, Y4, Y4
	VSUBPS  Y2, Y4, Y2
	EXP(Y2)
	VBROADCASTSS ·erfA5<>(SB), Y4
	VBROADCASTSS ·erfA4<>(SB), Y5
	VMULPS  Y3, Y4, Y4
	VADDPS  Y5, Y4, Y4
	VBROADCASTSS ·erfA3<>(SB), Y5
	VMULPS  Y3, Y4, Y4
	VADDPS  Y5, Y4, Y4
	VBROADCASTSS ·erfA2<>(SB), Y5
	VMULPS  Y3, Y4, Y4
	VADDPS  Y5, Y4, Y4
	VBROADCASTSS ·erfA1<>(SB), Y5
	VMULPS  Y3, Y4, Y4
	VADDPS  Y5, Y4, Y4
	VMULPS  Y3, Y4, Y4
	VMULPS  Y2, Y4, Y4
	VSUBPS  Y4, Y7, Y4             // erf
	VMULPS  Y1, Y4, Y4
	VADDPS  Y4, Y0, Y0
	VBROADCASTSS ·half<>(SB), Y5
	VMULPS  Y5, Y0, Y0
	VMOVUPS Y0, (SI)
	ADDQ    $32, SI
	SUBQ    $8, CX
	JNZ     loop
	VZEROUPPER
	RET

// func softmaxAVX2(x *float32, n int)
TEXT ·softmaxAVX2(SB), NOSPLIT, $0-16
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	EXPCONSTS

	VMOVUPS (SI), Y0
	MOVQ    $8, AX
most:
	CMPQ    AX, CX
	JGE     mostDone
	VMAXPS  (SI)(AX*4), Y0, Y0
	ADDQ    $8, AX
	JMP     most
mostDone:
	MAX8(X0, Y0, X1)
	VBROADCASTSS X0, Y0
	VBROADCASTSS ·attention<>(SB), Y3
	VXORPS  Y1, Y1, Y1             // sum
	XORQ    AX, AX
powers:
	VMOVUPS (SI)(AX*4), Y2
	VSUBPS  Y0, Y2, Y2
	VMULPS  Y3, Y2, Y2
	EXP(Y2)
	VADDPS  Y2, Y1, Y1
	VMOVUPS Y2, (SI)(AX*4)
	ADDQ    $8, AX
	CMPQ    AX, CX
	JLT     powers

	SUM8(X1, Y1, X2)
	VMOVSS  ·one<>(SB), X2
	VDIVSS  X1, X2, X1
	VBROADCASTSS X1, Y1
	XORQ    AX, AX
divide:
	VMULPS  (SI)(AX*4), Y1, Y2
	VMOVUPS Y2, (SI)(AX*4)
	ADDQ    $8, AX
	CMPQ    AX, CX
	JLT     divide
	VZEROUPPER
	RET

// func addNormAVX2(x, y *float32, n *norm, epsilon float32)
TEXT ·addNormAVX2(SB), NOSPLIT, $0-28
	MOVQ x+0(FP), SI
	MOVQ y+8(FP), DX
	MOVQ n+16(FP), R8
	MOVQ norm_weight(R8), R9
	MOVQ norm_bias(R8), R10
	VXORPS Y0, Y0, Y0
	XORQ AX, AX
sum:
	VMOVUPS (SI)(AX*1), Y2
	VADDPS  (DX)(AX*1), Y2, Y2
	VADDPS  Y2, Y0, Y0
	VMOVUPS Y2, (SI)(AX*1)
	ADDQ    $32, AX
	CMPQ    AX, $(4*const_width)
	JLT     sum
	SUM8(X0, Y0, X1)
	VMOVSS  ·count<>(SB), X4
	VDIVSS  X4, X0, X0
	VBROADCASTSS X0, Y0            // mean

	VXORPS  Y1, Y1, Y1
	XORQ    AX, AX
centre:
	VMOVUPS (SI)(AX*1), Y2
	VSUBPS  Y0, Y2, Y2
	VMOVUPS Y2, (SI)(AX*1)
	VMULPS  Y2, Y2, Y2
	VADDPS  Y2, Y1, Y1
	ADDQ    $32, AX
	CMPQ    AX, $(4*const_width)
	JLT     centre
	SUM8(X1, Y1, X2)
	VDIVSS  X4, X1, X1             // variance
	VADDSS  epsilon+24(FP), X1, X1
	VSQRTSS X1, X1, X1
	VMOVSS  ·one<>(SB), X2
	VDIVSS  X1, X2, X1
	VBROADCASTSS X1, Y1

	XORQ    AX, AX
scale:
	VMULPS  (SI)(AX*1), Y1, Y2
	VMULPS  (R9)(AX*1), Y2, Y2
	VADDPS  (R10)(AX*1), Y2, Y2
	VMOVUPS Y2, (SI)(AX*1)
	ADDQ    $32, AX
	CMPQ    AX, $(4*const_width)
	JLT     scale
	VZEROUPPER
	RET

// ROW adds one value of the left matrix, at k, times 16 of the right one.
#define ROW(left, k, sum0, sum1) \
	VBROADCASTSS (left)(k*4), Y14;   \
	VMULPS       Y12, Y14, Y15;      \
	VADDPS       Y15, sum0, sum0;    \
	VMULPS       Y13, Y14, Y15;      \
	VADDPS       Y15, sum1, sum1

#define STORE(row, sum0, sum1) \
	MOVQ    (strip_result+8*row)(AX), BX; \
	VMOVUPS sum0, (BX)(DI*4);             \
	VMOVUPS sum1, 32(BX)(DI*4)

// func stripAVX2(s *strip)
TEXT ·stripAVX2(SB), NOSPLIT, $0-8
	MOVQ s+0(FP), AX
	MOVQ (strip_left+0)(AX), R8
	MOVQ (strip_left+8)(AX), R9
	MOVQ (strip_left+16)(AX), R10
	MOVQ (strip_left+24)(AX), R11
	MOVQ (strip_left+32)(AX), R12
	MOVQ (strip_left+40)(AX), R13
	MOVQ strip_rightStride(AX), DX
	SHLQ $2, DX
	XORQ DI, DI                    // column
columns:
	MOVQ   strip_right(AX), SI
	LEAQ   (SI)(DI*4), SI
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	VXORPS Y8, Y8, Y8
	VXORPS Y9, Y9, Y9
	VXORPS Y10, Y10, Y10
	VXORPS Y11, Y11, Y11
	XORQ   CX, CX                  // k
	MOVQ   strip_inner(AX), BX
inner:
	VMOVUPS (SI), Y12
	VMOVUPS 32(SI), Y13
	ROW(R8, CX, Y0, Y1)
	ROW(R9, CX, Y2, Y3)
	ROW(R10, CX, Y4, Y5)
	ROW(R11, CX, Y6, Y7)
	ROW(R12, CX, Y8, Y9)
	ROW(R13, CX, Y10, Y11)
	ADDQ DX, SI
	INCQ CX
	CMPQ CX, BX
	JLT  inner
	STORE(0, Y0, Y1)
	STORE(1, Y2, Y3)
	STORE(2, Y4, Y5)
	STORE(3, Y6, Y7)
	STORE(4, Y8, Y9)
	STORE(5, Y10, Y11)
	ADDQ $16, DI
	CMPQ DI, strip_columns(AX)
	JLT  columns
	VZEROUPPER
	RET
