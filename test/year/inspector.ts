import type { Answer } from 'redress'
import { compare, compareErased, type File, hear } from './file.ts'
import type { Office } from './office.ts'
import type { World } from './world.ts'

const LONGEST_BREACH_CHARACTERS = 600

/** Refusals that no rule speaks, and no field. */
const wordless = ['conflict', 'command-id-reused', 'already-open']

/** Looks at everything that is written, at once, and notes what should not be. */
export interface Inspector {
  note(file: File, breaches: readonly string[]): void
  /** After an answer: what it says is what was written, no more and no less. */
  answered(file: File, answer: Answer, written: number, erased?: boolean): Promise<void>
  /** Lets an office’s desk tick, and looks at what is due all the same. */
  tick(office: Office): Promise<void>
}

/** The inspector of a world. */
export function createInspector(world: World): Inspector {
  const { seed, store, files, ledger, heard, breaches } = world
  const byId = new Map(files.map((file) => [file.caseId, file]))

  const note: Inspector['note'] = ({ caseId, protocol }, seen) => {
    const where = `seed ${seed}, ${caseId} (${protocol.id}), ${new Date(world.now).toISOString()}`
    for (const one of seen) breaches.push(`${where}: ${one.slice(0, LONGEST_BREACH_CHARACTERS)}`)
  }

  /** Looks at all that was just written, and at the case that it was for even if nothing was. */
  async function look(target: File | undefined, erased = false): Promise<void> {
    const touched = new Set(target === undefined ? [] : [target])
    for (const { caseId, entry, case: after } of heard.splice(0)) {
      const file = byId.get(caseId) as File
      ledger.saw(entry, after, file.known)
      note(file, hear(file, entry, after))
      touched.add(file)
    }
    if (erased && target !== undefined) note(target, await compareErased(target, store))
    for (const file of touched) note(file, await compare(file, store))
  }

  /**
   * Those who share an incident that is fixed are fixed with it, as far as it had their steps: unless a change of their
   * own did not hold, or they were opened again since.
   */
  function leftBehind(incident: File): readonly string[] {
    const last = incident.log.at(-1)
    if (last?.to !== 'closed' || last.command.type !== 'share') return []
    const isBehind = ({ known, office }: File) =>
      office === incident.office &&
      known?.facts.incident === incident.caseId &&
      known.state.startsWith('system.') &&
      incident.known?.facts.steps[known.state.slice('system.'.length)] !== undefined &&
      (known.facts.reopenedAt ?? '') <= (incident.known.facts.closedAt ?? '') &&
      known.facts.notHeld === undefined &&
      known.facts.bystanders?.every((one) => one.acknowledged) !== false
    return files.filter(isBehind).map(({ caseId }) => `${caseId} shares an incident that is fixed, and was left behind`)
  }

  return {
    note,

    async answered(file, answer, written, erased = false) {
      ledger.answered(answer)
      ledger.count('steps', file.protocol.id)
      const told = heard.filter((one) => one.caseId === file.caseId && one.entry.command.by.id !== 'clock').length
      if (answer.accepted) {
        const right = answer.repeated ? told === 0 : told >= written
        if (!right) note(file, [`${told} entries heard, not ${written}`])
      } else {
        const { rules, issues, code } = answer.refusal
        if (told > 0) note(file, ['something was written for a refusal'])
        if (rules.length + issues.length === 0 && !wordless.includes(code)) note(file, [`a refusal says only ${code}`])
      }
      await look(file, erased && answer.accepted)
      note(file, leftBehind(file))
    },

    async tick(office) {
      ledger.count('ticks', office.tenant)
      await office.desk.tick(new Date(world.now))
      await look(undefined)
      const at = new Date(world.now).toISOString()
      for (const file of files) {
        if (file.office !== office || file.known === undefined) continue
        const { deadlines = [], promises } = file.known.facts
        const late = promises.find((one) => one.state === 'open' && one.due !== undefined && one.due <= at)
        if (late !== undefined) note(file, [`an open promise is past its due after a tick: ${JSON.stringify(late)}`])
        const past = deadlines.find((one) => !one.missed && !one.met && one.leftMs === undefined && one.due <= at)
        if (past !== undefined) note(file, [`a running deadline has passed after a tick: ${JSON.stringify(past)}`])
      }
    },
  }
}
