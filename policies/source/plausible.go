package source

import "mingbai/engine"

func (b *builder) plausible() {}

var _ = engine.One
