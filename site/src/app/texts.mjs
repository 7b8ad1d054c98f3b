// The page's texts in its language.

/** @type {Record<string, string>} */
let texts = {}
export let language = 'zh'

/** @param {Record<string, string>} all @param {string} lang */
export function setTexts (all, lang) {
  texts = all
  language = lang
}

/** The texts of a part that has been fetched later. @param {Record<string, string>} more */
export function addTexts (more) { texts = { ...texts, ...more } }

/** @param {string} text @param {Record<string, string>} values */
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)

/** The text of a key. @param {string} key @param {Record<string, string>} [values] */
export const t = (key, values = {}) => fill(texts[key] ?? key, values)

/** The text of a code in a family. @param {string} family @param {string} code @param {Record<string, string>} [values] */
export const tf = (family, code, values) => t(`${family}.${code}`, values)

/** The same for codes that a region may add: without a text of ours the fall-back. @param {string} fallback @param {string} family @param {string} code */
export const or = (fallback, family, code) => texts[`${family}.${code}`] ?? fallback

/** @param {{zh?: string, en?: string} | undefined} name */
export const named = (name) => (language === 'en' && name?.en) || name?.zh || ''
