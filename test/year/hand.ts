import { duty } from './duty.ts'
import { type File, markOf } from './file.ts'
import type { Inspector } from './inspector.ts'
import { bot, type Scene, sceneOf } from './scene.ts'
import { slips } from './slip.ts'
import { turns } from './turn.ts'
import type { World } from './world.ts'

/** After so many refusals in a row whoever does their duty asks a second person, once, to let the step pass. */
const REFUSALS_TO_A_WAIVER = 4

/** The hand that plays the people of a year, one turn of one case at a time. */
export interface Hand {
  open(file: File): Promise<void>
  /** Whatever somebody comes upon. */
  act(file: File): Promise<void>
  /** What a good agent does. */
  doDuty(file: File): Promise<void>
}

/** A hand in a world; every answer goes to the inspector. */
export function createHand(world: World, { answered, note }: Inspector): Hand {
  const { files, ledger, openings } = world

  function sceneFor(file: File): Scene {
    if (file.known === undefined) throw new Error(`${file.caseId} was never opened`)
    const opened = files.filter((one) => one.office === file.office && one.known !== undefined && one !== file)
    const others = [...opened.slice(0, 3), ...opened.slice(-4)].map((one) => one.caseId)
    return sceneOf(file.known, file.protocol, file.dice, world.now, others, markOf(file, file.turns))
  }

  const freshId = ({ caseId, turns }: File): string => `${caseId}/${turns}`

  async function send(file: File, content: object | readonly object[], id = freshId(file)): Promise<void> {
    const answer = await file.office.desk.send(file.caseId, content, { id })
    const isKnown = file.log.some((one) => one.commandId === id)
    if (isKnown && answer.accepted && !answer.repeated) note(file, ['a repeated send was stored twice'])
    file.lastSend = { id, content }
    await answered(file, answer, Array.isArray(content) ? content.length : 1)
    file.refusedInARow = answer.accepted ? 0 : file.refusedInARow + 1
  }

  /** Sends that are odd in themselves: repeated, reused, stale; and what has a door of its own. */
  const oddities: Readonly<Record<string, (file: File, scene: Scene) => Promise<void>>> = {
    async erase(file) {
      const request = { by: bot, reason: 'request' }
      await answered(file, await file.office.desk.erase(file.caseId, request, { id: freshId(file) }), 1, true)
    },
    async again(file) {
      if (file.lastSend !== undefined) await send(file, file.lastSend.content, file.lastSend.id)
    },
    async reused(file, { say }) {
      if (file.lastSend !== undefined) await send(file, say('contain'), file.lastSend.id)
    },
    async stale(file, { say }) {
      const stale = { id: freshId(file), expectedVersion: (file.known?.version ?? 0) + 1 }
      await answered(file, await file.office.desk.send(file.caseId, say('praise'), stale), 1)
    },
    async openedTwice(file) {
      await answered(file, await file.office.desk.open(openings.get(file.caseId)), 1)
    },
  }

  async function doDuty(file: File): Promise<void> {
    const scene = sceneFor(file)
    const { due: step, second: by } = scene
    const isStuck =
      file.refusedInARow % (REFUSALS_TO_A_WAIVER + 1) === REFUSALS_TO_A_WAIVER && step !== undefined && step !== 'own'
    await send(file, isStuck ? scene.say('waive', { step, by }) : duty(scene))
  }

  return {
    doDuty,

    async open(file) {
      ledger.count('protocols', file.protocol.id)
      ledger.count('policies', file.policy.id)
      await answered(file, await file.office.desk.open(openings.get(file.caseId), { id: `${file.caseId}/open` }), 1)
    },

    async act(file) {
      const { dice } = file
      const kind = dice.weighted([
        [60, 'duty'],
        [18, 'slip'],
        [20, 'turn'],
        [3, 'oddity'],
      ] as const)
      if (kind === 'duty') return doDuty(file)
      const scene = sceneFor(file)
      if (kind !== 'oddity') return send(file, dice.weighted(kind === 'slip' ? slips : turns)(scene))
      const odd = dice.pick(['erase', 'erase', 'erase', 'again', 'reused', 'stale', 'openedTwice'])
      ledger.count('oddities', odd)
      await oddities[odd]?.(file, scene)
    },
  }
}
