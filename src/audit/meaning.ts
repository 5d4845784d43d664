/** What an activity can mean besides the commands of a protocol: the case is over. */
export const CLOSE = 'close'
/** Nothing that the protocol knows. */
export const IGNORE = 'ignore'
/** The first event of a case, from which waits are counted. */
export const OPENING = 'opening'
