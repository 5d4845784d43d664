/** What an activity can mean besides the commands of a protocol: the case is over. */
export const CLOSE = 'close'
/** The first event of a case, from which waits are counted. */
export const OPENING = 'opening'
