/** What an audit looks for: how it says so, and what would help. */
export const findings = {
  'problem-first': 'fixed the problem before the person',
  'skipped-steps': 'left steps out',
  'broken-promises': 'broke a promise',
  'waited-too-long': 'let somebody wait too long',
  'hopped-owners': 'went from hand to hand',
} as const

export type FindingId = keyof typeof findings

/** What would help against each, as advice to whoever runs the desk. */
export const advice: Readonly<Record<FindingId, string>> = {
  'problem-first':
    'Before anybody works on it, somebody owns it and has heard the customer out: a solution before that falls on deaf ears.',
  'skipped-steps':
    'Look at the step that is left out most: either the desk does not do it, or it does not write it down.',
  'broken-promises':
    'Promise less, or move the promise with the customer’s consent before it falls due: a broken one is a second failure.',
  'waited-too-long':
    'Give each wait an owner and an alarm before it is too long; news of a delay is better than silence.',
  'hopped-owners':
    'One owner until it is resolved; whoever hands over briefs, so that the customer never tells it twice.',
}
