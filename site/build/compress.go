package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/andybalholm/brotli"
)

// hashLen hexadecimal digits of a file's SHA-256 go into its name.
const hashLen = 12

func contentHash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func gzipped(data []byte) []byte {
	return squeeze(data, func(w io.Writer) io.WriteCloser {
		z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
		if err != nil {
			panic(err) // only for a level that does not exist
		}
		return z
	})
}

func brotlied(data []byte) []byte { return brotliedAt(data, brotli.BestCompression) }

// brotliedQuickly is for the many pages and files of the policies: a few per cent larger
// than the best and ten times as fast.
func brotliedQuickly(data []byte) []byte { return brotliedAt(data, 9) }

func brotliedAt(data []byte, quality int) []byte {
	return squeeze(data, func(w io.Writer) io.WriteCloser {
		return brotli.NewWriterOptions(w, brotli.WriterOptions{Quality: quality, LGWin: 24})
	})
}

func squeeze(data []byte, writer func(io.Writer) io.WriteCloser) []byte {
	var out bytes.Buffer
	w := writer(&out)
	if _, err := w.Write(data); err != nil {
		panic(err) // a bytes.Buffer does not fail
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}
