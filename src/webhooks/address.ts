import { BlockList, isIP } from 'node:net'
import { RedressError } from '../errors.ts'

/** What the public internet is not, of IPv4 and of the global unicast addresses of IPv6 (IANA's special-purpose registries). */
// biome-ignore format: a table
const notPublic: readonly (readonly [net: string, bits: number])[] = [
  ['0.0.0.0', 8],        // this network
  ['10.0.0.0', 8],       // private
  ['100.64.0.0', 10],    // carrier-grade NAT; a cloud's metadata
  ['127.0.0.0', 8],      // loopback
  ['168.63.129.16', 32], // a cloud's metadata, on an address that looks public
  ['169.254.0.0', 16],   // link-local; the clouds' metadata
  ['172.16.0.0', 12],    // private
  ['192.0.0.0', 24],     // protocol assignments; a cloud's metadata
  ['192.0.2.0', 24],     // documentation
  ['192.88.99.0', 24],   // 6to4 relays
  ['192.168.0.0', 16],   // private
  ['198.18.0.0', 15],    // benchmarks
  ['198.51.100.0', 24],  // documentation
  ['203.0.113.0', 24],   // documentation
  ['224.0.0.0', 4],      // multicast
  ['240.0.0.0', 4],      // reserved, broadcast
  ['2001::', 23],        // protocol assignments: Teredo and the like
  ['2001:db8::', 32],    // documentation
  ['2002::', 16],        // 6to4
  ['3fff::', 20],        // documentation
]

const reserved = new BlockList()
for (const [net, bits] of notPublic) reserved.addSubnet(net, bits, familyOf(net))
/** All that is public in IPv6: neither loopback, mapped, NAT64, unique local, link-local nor multicast is among it. */
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')

/** Whether an address is one of the public internet. What is no address, or has a zone, is not. */
export function isPublic(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !reserved.check(address, 'ipv4')
  if (family !== 6 || address.includes('%')) return false
  return globalUnicast.check(address, 'ipv6') && !reserved.check(address, 'ipv6')
}

/** The host of a URL as names and addresses are compared: without brackets, without the dot of the root. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')

/** Whether a host may be reached at an address. */
export type Reachable = (host: string, address: string) => boolean

/**
 * What may be reached: the public internet, and what is allowed beyond it, each a network (`10.0.0.0/8`), an address or a
 * host's name, which then may have any address. Throws `input-invalid` where one is none of these.
 */
export function reachable(allow: readonly string[]): Reachable {
  // A list for each family: in a common one `::/0` would take in IPv4 as well.
  const networks = { ipv4: new BlockList(), ipv6: new BlockList() }
  const names = new Set<string>()
  for (const one of allow) {
    const [, net = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(one) ?? []
    const family = familyOf(net)
    try {
      if (bits !== undefined) networks[family].addSubnet(net, Number(bits), family)
      else if (HOST.test(net) && isIP(net) === 0) names.add(net.toLowerCase())
      else networks[family].addAddress(net, family)
    } catch {
      throw new RedressError('input-invalid', '`allow` takes networks (10.0.0.0/8), addresses and names of hosts.')
    }
  }
  return (host, address) => {
    if (isIP(address) === 0 || address.includes('%')) return false
    const family = familyOf(address)
    return isPublic(address) || names.has(host) || networks[family].check(address, family)
  }
}

const HOST = /^(?=.*[a-z])[a-z\d]([a-z\d.-]*[a-z\d])?$/i

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}
