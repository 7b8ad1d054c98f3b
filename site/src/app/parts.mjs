// What is asked for rarely is fetched when it is asked for, with its texts. Kept for
// offline use like everything else.
import { language } from './texts.mjs'

const PARTS = {
  zh: { figures: () => import('part:figures.zh'), share: () => import('part:share.zh'), elder: () => import('part:elder.zh') },
  en: { figures: () => import('part:figures.en'), share: () => import('part:share.en'), elder: () => import('part:elder.en') }
}

/** @param {'figures' | 'share' | 'elder'} name @returns {Promise<any>} */
export const part = (name) => PARTS[/** @type {keyof PARTS} */ (language)][name]()
