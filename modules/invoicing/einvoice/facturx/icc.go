package facturx

import (
	"bytes"
	"encoding/binary"
)

// sRGB is a profile of the colours that the documents are drawn in: primaries and white of sRGB, adapted to D50 as
// ICC profiles of version 2 are, and a curve of gamma 2.2.
func sRGB() []byte {
	xyz := func(x, y, z int32) []byte {
		b := append([]byte("XYZ "), 0, 0, 0, 0)
		for _, v := range []int32{x, y, z} {
			b = binary.BigEndian.AppendUint32(b, uint32(v)) //nolint:gosec // all are positive
		}
		return b
	}
	curve := []byte{'c', 'u', 'r', 'v', 0, 0, 0, 0, 0, 0, 0, 1, 0x02, 0x33, 0, 0} // 2.2 in 8.8 fixed point, padded
	desc := []byte("desc\x00\x00\x00\x00\x00\x00\x00\x05sRGB\x00")
	desc = append(desc, make([]byte, 8+3+67)...) // no names in other scripts
	tags := []struct {
		name string
		data []byte
	}{
		{"desc", desc},
		{"cprt", append([]byte("text\x00\x00\x00\x00"), "No copyright, use freely\x00"...)},
		{"wtpt", xyz(0xF6D6, 0x10000, 0xD32D)},
		{"rXYZ", xyz(0x6FA2, 0x38F5, 0x0390)},
		{"gXYZ", xyz(0x6299, 0xB785, 0x18DA)},
		{"bXYZ", xyz(0x24A0, 0x0F84, 0xB6CF)},
		{"rTRC", curve},
		{"gTRC", curve},
		{"bTRC", curve},
	}
	var table, data bytes.Buffer
	offset := 128 + 4 + 12*len(tags)
	for _, t := range tags {
		for data.Len()%4 != 0 {
			data.WriteByte(0)
		}
		table.WriteString(t.name)
		for _, n := range []int{offset + data.Len(), len(t.data)} {
			table.Write(binary.BigEndian.AppendUint32(nil, uint32(n))) //nolint:gosec // small
		}
		data.Write(t.data)
	}
	for data.Len()%4 != 0 {
		data.WriteByte(0)
	}
	head := make([]byte, 128, 132)
	binary.BigEndian.PutUint32(head, uint32(offset+data.Len())) //nolint:gosec // small
	copy(head[8:], []byte{2, 0x10, 0, 0})
	copy(head[12:], "mntrRGB XYZ ")
	copy(head[24:], []byte{0x07, 0xD0, 0, 1, 0, 1}) // 1 January 2000
	copy(head[36:], "acsp")
	copy(head[68:], []byte{0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D})
	head = binary.BigEndian.AppendUint32(head, uint32(len(tags))) //nolint:gosec // small
	return append(append(head, table.Bytes()...), data.Bytes()...)
}
