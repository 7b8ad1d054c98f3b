// The page's side of the engine worker: requests with ids, one at a time, so that a
// newer request may replace one that still waits; a time limit; one restart.

/** @typedef {{v: 1, ok: boolean, error?: {code: string, field?: string, limit?: any}, [key: string]: any}} Answer */
/** @typedef {{id: number, text: string, workshop: boolean, latest: string | undefined, resolve: (answer: Answer | null) => void}} Waiting */

const TIME_LIMIT = 10_000
/** Of a request for which an engine of a megabyte may have to be fetched first. */
const FETCH_LIMIT = 120_000

/** Whether only the larger engine, which reads YAML, can answer. @param {any} request */
export const needsWorkshop = (request) => request?.op === 'load_policy'

export class Client {
  /** @type {Worker | null} */ #worker = null
  /** @type {Waiting[]} */ #queue = []
  /** @type {Waiting | null} */ #sent = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #clock
  #ids = 0
  #deaths = 0
  #ready = false
  #closed = false
  /** @type {'starting' | 'ready' | 'dead' | 'offline'} */ state = 'starting'
  #make
  #on

  /**
   * @param {() => Worker} make starts a worker; called again if it dies
   * @param {(state: 'starting' | 'ready' | 'dead' | 'offline', progress?: {done: number, total: number}) => void} [on]
   */
  constructor (make, on = () => {}) {
    this.#make = make
    this.#on = on
    this.#start()
  }

  /**
   * Puts a request to the engine. The answer is null when a newer request of the same
   * kind took its place.
   * @param {object} request
   * @param {{latest?: string}} [how] latest: of the waiting requests with this name only the newest counts
   * @returns {Promise<Answer | null>}
   */
  call (request, { latest } = {}) {
    if (this.#closed || this.state === 'dead') return Promise.resolve(failure('internal'))
    return new Promise((resolve) => {
      if (latest) {
        this.#queue = this.#queue.filter((w) => w.latest !== latest || w.resolve(null))
      }
      let text
      try { text = JSON.stringify({ v: 1, ...request }) } catch { /* a ring, a BigInt, somebody's toJSON */ }
      if (text === undefined) { resolve(failure('bad_json')); return }
      this.#queue.push({ id: ++this.#ids, text, workshop: needsWorkshop(request), latest, resolve })
      this.#next()
    })
  }

  /** Starts again after the engine could not be fetched, or has died. */
  retry () {
    if (this.#closed || this.state === 'ready' || this.state === 'starting') return
    this.#deaths = 0
    this.#start()
  }

  close () {
    this.#closed = true
    this.#stop()
    for (const w of [this.#sent, ...this.#queue]) w?.resolve(failure('internal'))
    this.#sent = null
    this.#queue = []
  }

  #start () {
    this.#ready = false
    this.#set('starting')
    let worker
    try { worker = this.#make() } catch { this.#fail('dead'); return }
    this.#worker = worker
    worker.onmessage = ({ data }) => { if (worker === this.#worker) this.#receive(data) }
    worker.onerror = (event) => { event.preventDefault?.(); if (worker === this.#worker) this.#died() }
    worker.onmessageerror = () => { if (worker === this.#worker) this.#died() }
  }

  #stop () {
    clearTimeout(this.#clock)
    this.#worker?.terminate()
    this.#worker = null
  }

  /** @param {any} data */
  #receive (data) {
    if (data.progress) {
      this.#on('starting', data.progress)
    } else if (data.ready) {
      this.#ready = true
      this.#set('ready')
      this.#send()
    } else if (data.offline) {
      this.#stop()
      this.#set('offline')
    } else if (data.dead) {
      this.#died()
    } else if (this.#sent && data.id === this.#sent.id) {
      clearTimeout(this.#clock)
      const { resolve } = this.#sent
      this.#sent = null
      this.#deaths = 0
      let answer
      try { answer = JSON.parse(data.text) } catch { answer = failure('internal') }
      resolve(answer)
      this.#next()
    }
  }

  #next () {
    if (this.#sent || !this.#queue.length) return
    this.#sent = /** @type {Waiting} */ (this.#queue.shift())
    if (this.#ready) this.#send()
  }

  #send () {
    if (!this.#sent) return
    const { id, text, workshop } = this.#sent
    this.#worker?.postMessage({ id, text, workshop })
    this.#clock = setTimeout(() => this.#died(), workshop ? FETCH_LIMIT : TIME_LIMIT)
  }

  // The first death is answered with a new engine and the same request; if that dies
  // too, the request itself may be what kills it, and we stop. A worker that never came
  // to life could not be fetched: the requests wait until somebody tries again.
  #died () {
    const born = this.#ready
    this.#stop()
    if (this.#closed) return
    if (++this.#deaths < 2) this.#start()
    else if (born) this.#fail('dead')
    else this.#set('offline')
  }

  /** @param {'dead'} state */
  #fail (state) {
    this.#set(state)
    const lost = [this.#sent, ...this.#queue]
    this.#sent = null
    this.#queue = []
    for (const w of lost) w?.resolve(failure('internal'))
  }

  /** @param {'starting' | 'ready' | 'dead' | 'offline'} state */
  #set (state) {
    this.state = state
    this.#on(state)
  }
}

/** @param {string} code @returns {Answer} */
export const failure = (code) => ({ v: 1, ok: false, error: { code } })
