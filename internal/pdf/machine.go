package pdf

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"reflect"
	"unicode/utf16"

	"github.com/klippa-app/go-pdfium"
	"github.com/tetratelabs/wazero/api"
)

// machine is one instance of PDFium: it calls its functions by their C names and
// reads its memory. After the first error it does nothing more; err has that.
//
// The client's own methods look a function up and make a stack for it at every
// call, and take memory for every result, which doubles the time of a page; and
// they give no way to end a call that doesn't end.
type machine struct {
	module    api.Module
	functions map[string]api.Function
	stack     [8]uint64
	// out is where functions write what they return beside a number.
	out uint32
	err error
}

// outSize is how many bytes there are at machine.out: enough for a matrix, a
// rectangle or the name of a font.
const outSize = 256

// machineOf takes the module out of the client, which has it in a field of its
// implementation and returns it by no method.
func machineOf(ctx context.Context, instance pdfium.Pdfium) (*machine, error) {
	client, ok := instance.(interface{ GetImplementation() any })
	if !ok {
		return nil, errors.New("the client has no implementation")
	}
	module, ok := reflect.Indirect(reflect.ValueOf(client.GetImplementation())).FieldByName("Module").Interface().(api.Module)
	if !ok {
		return nil, errors.New("the client has no module")
	}
	m := &machine{module: module, functions: make(map[string]api.Function)}
	m.out = m.alloc(ctx, make([]byte, outSize))
	return m, m.err
}

// call calls a function of PDFium and returns its result, 0 when it has none or
// failed.
func (m *machine) call(ctx context.Context, name string, args ...uint64) uint64 {
	if m.err != nil {
		return 0
	}
	f, ok := m.functions[name]
	if !ok {
		if f = m.module.ExportedFunction(name); f == nil {
			m.err = fmt.Errorf("no function %s", name)
			return 0
		}
		m.functions[name] = f
	}
	m.stack[0] = 0
	copy(m.stack[:], args)
	if err := f.CallWithStack(ctx, m.stack[:]); err != nil {
		m.err = fmt.Errorf("%s: %w", name, err)
		return 0
	}
	return m.stack[0]
}

// number is the result of a call that is an int.
func number(result uint64) int { return int(int32(uint32(result))) }

// alloc copies data into PDFium's memory, where it stays.
func (m *machine) alloc(ctx context.Context, data []byte) uint32 {
	at := uint32(m.call(ctx, "malloc", uint64(len(data))))
	if m.err == nil && (at == 0 || !m.module.Memory().Write(at, data)) {
		m.err = ErrMemory
	}
	return at
}

// full reports whether most of the memory that may be taken was: what failed did
// so for want of more. PDFium itself then stops without saying why.
func (m *machine) full(limit int64) bool {
	return errors.Is(m.err, ErrMemory) || int64(m.module.Memory().Size()) > limit/8*7
}

// bytes is what stands in memory at m.out. It is valid until the next call.
func (m *machine) bytes(n int) []byte {
	b, ok := m.module.Memory().Read(m.out, uint32(min(n, outSize)))
	if !ok && m.err == nil {
		m.err = ErrMemory
	}
	if m.err != nil {
		return make([]byte, n)
	}
	return b
}

// floats are the first n numbers of four bytes at m.out.
func (m *machine) floats(n int) []float64 {
	b := m.bytes(4 * n)
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:])))
	}
	return out
}

// doubles are the first n numbers of eight bytes at m.out.
func (m *machine) doubles(n int) []float64 {
	b := m.bytes(8 * n)
	out := make([]float64, n)
	for i := range out {
		out[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return out
}

// meta returns an entry of the document's information, or "".
func (m *machine) meta(ctx context.Context, doc uint64, tag string) string {
	const longest = 1 << 16
	name := m.alloc(ctx, append([]byte(tag), 0))
	size := uint32(m.call(ctx, "FPDF_GetMetaText", doc, uint64(name), 0, 0))
	if m.err != nil || size <= 2 || size > longest {
		return ""
	}
	at := m.alloc(ctx, make([]byte, size))
	m.call(ctx, "FPDF_GetMetaText", doc, uint64(name), uint64(at), uint64(size))
	b, ok := m.module.Memory().Read(at, size)
	if m.err != nil || !ok {
		return ""
	}
	units := make([]uint16, 0, size/2)
	for i := 0; i+3 < len(b); i += 2 {
		units = append(units, binary.LittleEndian.Uint16(b[i:]))
	}
	return string(utf16.Decode(units))
}
