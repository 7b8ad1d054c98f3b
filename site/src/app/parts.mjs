// What is asked for rarely is fetched when it is asked for, with its texts. Kept for
// offline use like everything else.
import { sheetFile } from '../lib/trusted.mjs'
import { make } from './dom.mjs'
import { language } from './texts.mjs'

const PARTS = {
  zh: { figures: () => import('part:figures.zh'), next: () => import('part:next.zh'), share: () => import('part:share.zh'), elder: () => import('part:elder.zh') },
  en: { figures: () => import('part:figures.en'), next: () => import('part:next.en'), share: () => import('part:share.en'), elder: () => import('part:elder.en') }
}

/** Their own looks come with the first that needs them; without these it is still all there. @type {Promise<any> | undefined} */
let looks
const styled = () => looks ??= new Promise((go) => document.head.append(make('link', { rel: 'stylesheet', href: new URL(sheetFile, import.meta.url).href, onload: go, onerror: go })))

/** @param {'figures' | 'next' | 'share' | 'elder'} name @returns {Promise<any>} */
export async function part (name) {
  const fetched = PARTS[/** @type {keyof PARTS} */ (language)][name]()
  if (name === 'figures' || name === 'share') await styled()
  return fetched
}
