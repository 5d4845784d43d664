import { minutes, workdays } from '../clock.ts'
import { type Act, accepted, type Cast, nameOf, refused } from './line.ts'

/** What happens until the system is fixed, and when its change did not hold. */
export function systemScenes({ complaint, owner, hasty, second }: Cast) {
  const by = owner
  const { part, stage, business: site } = complaint
  const improve = (text: string, more: Pick<Act & { type: 'improve' }, 'keepDoing'> = {}) => {
    const due = workdays(10, '12:00')
    return (now: Date): Act => ({
      type: 'improve',
      by,
      changes: [{ text, owner: second, due: due(now).toISOString() }],
      ...more,
    })
  }
  const share = (change: string): Act => ({
    type: 'share',
    by,
    toldCustomer: `What you told us changed something: ${change}.`,
    toldTeam: 'The same, with its story, on Monday.',
  })
  const verify = (before: number): Act => ({
    type: 'verify',
    by,
    evidence: 'counted for four weeks',
    before,
    after: 0,
  })

  return {
    investigate: accepted(workdays(2, '10:00'), {
      type: 'investigate',
      by,
      causes: [{ part, stage, site, text: complaint.cause }],
      customerSide: complaint.heard,
      staffSide: `${nameOf(hasty)}: we all knew, and nobody had the time.`,
    }),
    improveAsAWish: refused(minutes(45), { type: 'improve', by, changes: [{ text: complaint.change }] }),
    improveAndForget: refused(minutes(20), improve(complaint.change)),
    acknowledgeBystander: accepted(minutes(35), {
      type: 'acknowledgeBystander',
      by,
      bystander: complaint.bystander,
      words: 'You had it too, and said nothing. Thank you for your patience; it is mended for you as well.',
    }),
    improve: accepted(minutes(20), improve(complaint.change)),
    improveAndKeep: accepted(minutes(20), improve(complaint.change, { keepDoing: [complaint.keepDoing] })),
    verify: accepted(workdays(20, '09:30'), verify(4)),
    share: accepted(minutes(25), share(complaint.change)),

    improveAgain: accepted(workdays(1, '10:30'), improve(complaint.secondChange)),
    improveAgainAndKeep: accepted(
      workdays(1, '10:30'),
      improve(complaint.secondChange, { keepDoing: [complaint.keepDoing] }),
    ),
    verifyAgain: accepted(workdays(20, '09:30'), verify(1)),
    shareAgain: accepted(minutes(25), share(complaint.secondChange)),
  }
}
