package source

import "testing"

func BenchmarkLoad(b *testing.B) {
	text := []byte(example(b))
	for b.Loop() {
		if _, err := Load("f.yaml", text, nil); err != nil {
			b.Fatal(err)
		}
	}
}
