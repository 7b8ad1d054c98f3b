package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
)

// The icon is a paper receipt with a torn edge: two printed lines and, at the foot, the
// bar that the whole site is about: what the fund pays and what you pay. The same
// shapes are written as SVG and rasterised for the sizes that phones ask for.

var (
	inkGround = color.NRGBA{0x0f, 0x4f, 0x4a, 0xff}
	inkPaper  = color.NRGBA{0xff, 0xfb, 0xf2, 0xff}
	inkLine   = color.NRGBA{0xc9, 0xbd, 0xa8, 0xff}
	inkFund   = color.NRGBA{0x1d, 0x7a, 0x72, 0xff}
	inkYou    = color.NRGBA{0xb9, 0x55, 0x1f, 0xff}
)

// Shapes in a square of 0..64.
const (
	paperLeft, paperRight = 17.0, 47.0
	paperTop, paperBottom = 12.0, 48.0
	tooth                 = 5.0 // width of one tooth of the torn edge; six of them
	toothDepth            = 4.0
)

type bar struct {
	x0, y0, x1, y1 float64
	ink            color.NRGBA
}

var bars = []bar{
	{22, 19, 42, 22, inkLine},
	{22, 26, 36, 29, inkLine},
	{22, 36, 35, 42, inkFund},
	{35, 36, 42, 42, inkYou},
}

// inkAt is the colour of a point; corner is the radius of the ground's corners and
// shrink pulls the receipt towards the middle for icons that the system crops.
func inkAt(x, y, corner, shrink float64) color.NRGBA {
	dx := math.Max(math.Abs(x-32)-(32-corner), 0)
	dy := math.Max(math.Abs(y-32)-(32-corner), 0)
	if math.Hypot(dx, dy) > corner && corner > 0 {
		return color.NRGBA{}
	}
	x, y = 32+(x-32)/shrink, 32+(y-32)/shrink
	for _, b := range bars {
		if x >= b.x0 && x < b.x1 && y >= b.y0 && y < b.y1 {
			return b.ink
		}
	}
	if x >= paperLeft && x < paperRight && y >= paperTop {
		phase := math.Mod(x-paperLeft, tooth) / tooth
		edge := paperBottom + toothDepth*(1-math.Abs(2*phase-1))
		if y < edge {
			return inkPaper
		}
	}
	return inkGround
}

func iconPNG(size int, corner, shrink float64) []byte {
	const grid = 6 // samples a pixel in each direction
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for py := range size {
		for px := range size {
			var r, g, b, a int
			for s := range grid * grid {
				x := (float64(px) + (float64(s%grid)+0.5)/grid) * 64 / float64(size)
				y := (float64(py) + (float64(s/grid)+0.5)/grid) * 64 / float64(size)
				c := inkAt(x, y, corner, shrink)
				r, g, b, a = r+int(c.R)*int(c.A), g+int(c.G)*int(c.A), b+int(c.B)*int(c.A), a+int(c.A)
			}
			if a > 0 {
				img.SetNRGBA(px, py, color.NRGBA{uint8(r / a), uint8(g / a), uint8(b / a), uint8(a / (grid * grid))})
			}
		}
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, img); err != nil {
		panic(err) // an in-memory image of positive size always encodes
	}
	return out.Bytes()
}

func iconSVG() []byte {
	hex := func(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
	var b bytes.Buffer
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">`)
	fmt.Fprintf(&b, `<rect width="64" height="64" rx="14" fill="%s"/>`, hex(inkGround))
	fmt.Fprintf(&b, `<path fill="%s" d="M%g %gH%gV%g`, hex(inkPaper), paperLeft, paperTop, paperRight, paperBottom)
	for x := paperRight; x > paperLeft; x -= tooth {
		fmt.Fprintf(&b, "L%g %gL%g %g", x-tooth/2, paperBottom+toothDepth, x-tooth, paperBottom)
	}
	b.WriteString(`Z"/>`)
	for _, r := range bars {
		fmt.Fprintf(&b, `<path fill="%s" d="M%g %gH%gV%gH%gZ"/>`, hex(r.ink), r.x0, r.y0, r.x1, r.y1, r.x0)
	}
	b.WriteString(`</svg>`)
	return b.Bytes()
}
