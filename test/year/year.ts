import { createHash } from 'node:crypto'
import { type Answer, memoryStore, type Transition } from 'redress'
import { dice } from './dice.ts'
import { duty } from './duty.ts'
import { compare, compareErased, type File, fileFor, hear, logOf, markOf, wordsBack } from './file.ts'
import { type Ledger, openLedger } from './ledger.ts'
import { openOffices, YEAR_END, YEAR_START } from './office.ts'
import { arrivals } from './opening.ts'
import { bot, sceneOf } from './scene.ts'
import { slips } from './slip.ts'
import { turns } from './turn.ts'

const MINUTE_MS = 60_000
const MAX_TURNS = 70
const MAX_BREACHES = 20

/** A year that was lived: what was counted, every breach of an invariant, and a digest of all logs. */
export interface Year {
  readonly ledger: Ledger
  readonly breaches: readonly string[]
  readonly digest: string
}

/** Lives a year of so many cases on a simulated clock, and checks every invariant after every step. */
export async function liveYear({ seed, cases }: { readonly seed: number; readonly cases: number }): Promise<Year> {
  let now = YEAR_START
  const store = memoryStore()
  const offices = openOffices(store, () => new Date(now))
  const ledger = openLedger()
  const chance = dice(seed)
  const coming = arrivals(offices, cases, chance)
  const files = coming.map((one, index) => fileFor(one, dice(seed * 100_003 + index)))
  const openings = new Map(coming.map((one) => [one.caseId, one.opening]))
  const byId = new Map(files.map((file) => [file.caseId, file]))
  const heard: Transition[] = []
  const breaches: string[] = []
  for (const { desk } of offices) {
    desk.on('accepted', (told) => heard.push(told))
    desk.on('listener-error', ({ error }) => breaches.push(`a listener failed: ${error}`))
    desk.on('desk-error', ({ during, caseId, error }) => breaches.push(`${caseId}: ${during} failed: ${error}`))
  }

  const found = (file: File, seen: readonly string[]) => {
    const when = new Date(now).toISOString()
    for (const one of seen)
      breaches.push(`seed ${seed}, ${file.caseId} (${file.protocol.id}), ${when}: ${one.slice(0, 1400)}`)
  }

  /** Looks at all that was just written, and at the case that it was for even if nothing was. */
  async function look(target: File | undefined, erased = false): Promise<void> {
    const touched = new Set(target === undefined ? [] : [target])
    for (const { caseId, entry, case: after } of heard.splice(0)) {
      const file = byId.get(caseId) as File
      ledger.saw(entry, after, file.known)
      found(file, hear(file, entry, after))
      touched.add(file)
    }
    if (erased && target !== undefined) found(target, await compareErased(target, store))
    for (const file of touched) found(file, await compare(file, store))
  }

  async function tick(office: File['office']): Promise<void> {
    ledger.count('ticks', office.tenant)
    await office.desk.tick(new Date(now))
    await look(undefined)
    const at = new Date(now).toISOString()
    for (const file of files) {
      const { deadlines = [], promises } = file.known?.facts ?? { promises: [] }
      if (file.office !== office) continue
      const late = promises.find((one) => one.state === 'open' && one.due <= at)
      if (late !== undefined) found(file, [`an open promise is past its due after a tick: ${JSON.stringify(late)}`])
      const past = deadlines.find((one) => !one.missed && one.leftMs === undefined && one.due <= at)
      if (past !== undefined) found(file, [`a running deadline is in the past after a tick: ${JSON.stringify(past)}`])
    }
  }

  async function answered(file: File, answer: Answer, written: number, erased = false): Promise<void> {
    ledger.answered(answer)
    ledger.count('steps', file.protocol.id)
    const told = heard.filter((one) => one.caseId === file.caseId && one.entry.command.by.id !== 'clock').length
    if (!answer.accepted) {
      const { rules, issues, code } = answer.refusal
      if (told > 0) found(file, ['something was written for a refusal'])
      if (rules.length + issues.length === 0 && !wordless.includes(code))
        found(file, [`a refusal says nothing: ${code}`])
    } else if (answer.repeated ? told > 0 : told < written) found(file, [`${told} entries heard, not ${written}`])
    await look(file, erased && answer.accepted)
    found(file, shared(file))
  }

  /** Those who share an incident that is fixed are fixed with it, unless a change of their own did not hold. */
  function shared(incident: File): readonly string[] {
    const last = incident.log.at(-1)
    if (last?.to !== 'closed' || last.command.type !== 'share') return []
    const isBehind = ({ known, office }: File) =>
      office === incident.office &&
      known?.facts.incident === incident.caseId &&
      known.state.startsWith('system.') &&
      known.facts.notHeld === undefined &&
      known.facts.bystanders?.every((one) => one.acknowledged) !== false
    return files.filter(isBehind).map(({ caseId }) => `${caseId} shares an incident that is fixed, and was left behind`)
  }

  async function send(file: File, content: object | readonly object[], id = `${file.caseId}/${file.turns}`) {
    const repeated = file.lastSend?.id === id
    const answer = await file.office.desk.send(file.caseId, content, { id })
    if (repeated && answer.accepted && !answer.repeated && file.log.some((one) => one.commandId === id))
      found(file, ['a repeated send was stored twice'])
    file.lastSend = { id, content }
    await answered(file, answer, Array.isArray(content) ? content.length : 1)
    return answer.accepted
  }

  async function open(file: File): Promise<void> {
    const opening = openings.get(file.caseId)
    ledger.count('protocols', file.protocol.id)
    ledger.count('policies', file.policy.id)
    await answered(file, await file.office.desk.open(opening, { id: `${file.caseId}/open` }), 1)
  }

  const sceneFor = (file: File) => {
    const opened = files.filter((one) => one.office === file.office && one.known !== undefined && one !== file)
    const others = [...opened.slice(0, 3), ...opened.slice(-4)].map((one) => one.caseId)
    if (file.known === undefined) throw new Error(`${file.caseId} was never opened`)
    return sceneOf(file.known, file.protocol, file.dice, now, others, markOf(file, file.turns))
  }

  async function act(file: File): Promise<void> {
    const scene = sceneFor(file)
    const { lastSend } = file
    const stuck = file.refusedInARow > 3 && scene.due !== undefined && scene.due !== 'own'
    const kind = file.dice.weighted([
      [60, 'duty'],
      [18, 'slip'],
      [20, 'turn'],
      [3, 'oddity'],
    ] as const)
    if (kind === 'oddity') {
      const odd = file.dice.weighted([
        [3, 'erase'],
        [1, 'again'],
        [1, 'reused'],
        [1, 'stale'],
        [1, 'reopened'],
      ] as const)
      ledger.count('oddities', odd)
      const id = `${file.caseId}/${file.turns}`
      const { desk } = file.office
      if (odd === 'erase')
        return answered(file, await desk.erase(file.caseId, { by: bot, reason: 'request' }, { id }), 1, true)
      if (odd === 'reopened') return answered(file, await desk.open(openings.get(file.caseId)), 1)
      if (odd === 'stale') {
        const stale = { id, expectedVersion: (file.known?.version ?? 0) + 1 }
        return answered(file, await desk.send(file.caseId, scene.say('praise'), stale), 1)
      }
      if (lastSend !== undefined)
        await send(file, odd === 'again' ? lastSend.content : scene.say('contain'), lastSend.id)
      return
    }
    const waiver = scene.say('waive', { step: scene.due ?? '', by: scene.second })
    const move = kind === 'duty' ? duty : file.dice.weighted(kind === 'slip' ? slips : turns)
    const passed = await send(file, kind === 'duty' && stuck ? waiver : move(scene))
    file.refusedInARow = passed ? 0 : file.refusedInARow + 1
  }

  /** Minutes, hours, days or weeks later; never again, once it rests. */
  function nextOf({ known, dice, turns }: File): number {
    if (turns > MAX_TURNS || (known?.state === 'closed' && dice.chance(0.4))) return Number.POSITIVE_INFINITY
    const minutes = dice.weighted([
      [6, 20],
      [6, 6 * 60],
      [5, 3 * 24 * 60],
      [1, 24 * 24 * 60],
    ])
    return now + (1 + dice.below(minutes)) * MINUTE_MS
  }

  while (breaches.length < MAX_BREACHES) {
    const file = files.reduce((first, one) => (one.next < first.next ? one : first))
    if (file.next >= YEAR_END) break
    now = file.next
    // Irregularly: now and then somebody is quicker than the clock.
    if (file.dice.chance(0.6)) await tick(file.office)
    await (file.known === undefined ? open(file) : act(file))
    file.turns += 1
    file.next = nextOf(file)
  }
  now = Math.max(now, YEAR_END)
  for (const office of offices) await tick(office)
  for (const file of files) {
    for (let left = 80; left > 0 && file.known?.state !== 'closed' && breaches.length < MAX_BREACHES; left--) {
      now += MINUTE_MS
      const scene = sceneFor(file)
      const stuck = file.refusedInARow > 3 && scene.due !== undefined
      const passed = await send(file, stuck ? scene.say('waive', { step: scene.due, by: scene.second }) : duty(scene))
      file.refusedInARow = passed ? 0 : file.refusedInARow + 1
      file.turns += 1
    }
    if (file.known?.state !== 'closed') found(file, [`found no way to its end from ${file.known?.state}`])
    found(file, await wordsBack(file, store))
  }
  const digest = createHash('sha256')
  for (const file of files) digest.update(JSON.stringify([file.known, await logOf(store, file)]))
  ledger.count(
    'entries',
    'all',
    files.reduce((sum, { log }) => sum + log.length, 0),
  )
  return { ledger, breaches, digest: digest.digest('hex') }
}

/** Refusals that no rule speaks, and no field. */
const wordless = ['conflict', 'command-id-reused', 'already-open']
