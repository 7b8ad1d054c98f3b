// Runs before the first paint, so that a page never flashes in the wrong size of type.
const root = document.documentElement
root.classList.add('scripted')
try {
  const size = localStorage.getItem('mingbai.type')
  if (/^(22|26|30)$/.test(size ?? '')) root.dataset.type = size
} catch { /* storage is forbidden here: the page stays in its usual size */ }
