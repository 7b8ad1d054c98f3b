// Runs before the first paint, so that a page never flashes in the wrong size of type.
const root = document.documentElement
root.classList.add('scripted')
try {
  const size = localStorage.getItem('mingbai.type')
  // In large type the questions of the Estimate come one by one.
  if (/^(22|26|30)$/.test(size ?? '')) { root.dataset.type = size; root.dataset.steps = '' }
} catch { /* storage is forbidden here: the page stays in its usual size */ }
