// address_peers: what npm's libraries do a second with the texts of one family, on one core.
//
//   node address_peers.mjs FAMILY FILE SECONDS     one JSON object: {"peer name": parses a second}
//
// Run in the folder that bench/setup made. Each peer does the same work as ours: alphabet, checksum,
// version or prefix and length are checked and the bytes of the key come out. A peer that is not
// installed is left out; one that refuses a text ends the program. The best slice of a
// thousand texts counts, as it does for ours: other work on the machine only ever makes one longer.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(process.cwd() + '/package.json');
const load = async (name) => {
  try {
    return await import(pathToFileURL(require.resolve(name)).href);
  } catch {
    try {
      return require(name);
    } catch {
      return null;
    }
  }
};
const all = (module) => (module && module.default ? { ...module.default, ...module } : module);
// A module of CommonJS that says `exports.default` and is imported as one of ES.
const innermost = (module) => (module && module.default ? innermost(module.default) : module);

const scure = all(await load('@scure/base'));
const { sha256 } = (await load('@noble/hashes/sha2.js')) ?? {};
const { keccak_256 } = (await load('@noble/hashes/sha3.js')) ?? {};
const { blake2b } = (await load('@noble/hashes/blake2.js')) ?? {};
const need = (condition) => {
  if (!condition) throw new Error('refused');
};

const scureCheck = scure && sha256 && scure.createBase58check(sha256);
const scureBase58 = (versions, length) =>
  scureCheck && ((text) => {
    const bytes = scureCheck.decode(text);
    need(versions.includes(bytes[0]) && bytes.length === length + 1);
    return bytes.subarray(1);
  });
// A coder of @scure/base or of bech32: they have the same interface.
const witnessOf = (coder, version, length) =>
  coder && ((text) => {
    const { prefix, words } = coder.decode(text);
    const bytes = coder.fromWords(words.slice(1));
    need(prefix === 'bc' && words[0] === version && bytes.length === length);
    return bytes;
  });
const scurePlain = (prefix, length, limit) =>
  scure && ((text) => {
    const found = scure.bech32.decode(text, limit);
    const bytes = scure.bech32.fromWords(found.words);
    need(found.prefix === prefix && bytes.length === length);
    return bytes;
  });

const bitcoin = all(await load('bitcoinjs-lib'));
const bs58check = innermost(await load('bs58check'));
const bech32 = all(await load('bech32'));
const bs58Version = (versions) =>
  bs58check && ((text) => {
    const bytes = bs58check.decode(text);
    need(versions.includes(bytes[0]) && bytes.length === 21);
    return bytes.subarray(1);
  });
const ethers = all(await load('ethers'));
const viem = all(await load('viem'));
const viemAddress = viem && ((text) => {
  need(viem.isAddress(text, { strict: true }));
  return viem.hexToBytes(text);
});
const ethersAddress = ethers && ((text) => ethers.getBytes(ethers.getAddress(text)));
const cashaddr = all(await load('cashaddrjs'));
const ripple = all(await load('ripple-address-codec'));
const stellar = all(await load('@stellar/stellar-base'));
const ton = all(await load('@ton/core'));
const polkadot = all(await load('@polkadot/util-crypto'));

const scureXrp = scure && sha256 && ((text) => {
  const bytes = scure.base58xrp.decode(text);
  const sum = sha256(sha256(bytes.subarray(0, -4)));
  need(bytes.length === 25 && bytes[0] === 0 && sum.subarray(0, 4).every((b, i) => b === bytes[21 + i]));
  return bytes.subarray(1, 21);
});
const scureMonero = scure && keccak_256 && ((text) => {
  const bytes = scure.base58xmr.decode(text);
  const sum = keccak_256(bytes.subarray(0, -4));
  need(bytes.length === 69 && bytes[0] === 18 && sum.subarray(0, 4).every((b, i) => b === bytes[65 + i]));
  return bytes.subarray(1, 65);
});
const context = new TextEncoder().encode('SS58PRE');
const scureSs58 = scure && blake2b && ((text) => {
  const bytes = scure.base58.decode(text);
  const body = bytes.subarray(0, -2);
  const sum = blake2b(new Uint8Array([...context, ...body]), { dkLen: 64 });
  need(bytes.length === 35 && sum[0] === bytes[33] && sum[1] === bytes[34]);
  return body.subarray(1);
});
const scureSolana = scure && ((text) => {
  const bytes = scure.base58.decode(text);
  need(bytes.length === 32);
  return bytes;
});

const base58 = (versions, ours) => ({
  '@scure/base': scureBase58(versions, 20),
  bs58check: bs58Version(versions),
  ...(ours ? { 'bitcoinjs-lib': bitcoin && ((text) => bitcoin.address.fromBase58Check(text)) } : {}),
});
const witness = (kind, version, length) => ({
  '@scure/base': scure && witnessOf(scure[kind], version, length),
  bech32: bech32 && witnessOf(bech32[kind], version, length),
  'bitcoinjs-lib': bitcoin && ((text) => bitcoin.address.fromBech32(text)),
});

const peers = {
  'base58check-p2pkh': base58([0], true),
  'base58check-p2sh': base58([5], true),
  litecoin: base58([0x30], false),
  dogecoin: base58([0x1e], false),
  tron: base58([0x41], false),
  'bech32-p2wpkh': witness('bech32', 0, 20),
  'bech32-p2wsh': witness('bech32', 0, 32),
  'bech32m-p2tr': witness('bech32m', 1, 32),
  eip55: { ethers: ethersAddress, 'viem (cache of 8192)': viemAddress },
  'evm-lower': { ethers: ethersAddress, 'viem (cache of 8192)': viemAddress },
  cashaddr: { cashaddrjs: cashaddr && ((text) => cashaddr.decode(text)) },
  solana: { '@scure/base': scureSolana },
  xrp: {
    '@scure/base': scureXrp,
    'ripple-address-codec': ripple && ((text) => ripple.decodeAccountID(text)),
  },
  stellar: {
    '@stellar/stellar-base': stellar && ((text) => stellar.StrKey.decodeEd25519PublicKey(text)),
  },
  ton: { '@ton/core': ton && ((text) => ton.Address.parseFriendly(text)) },
  monero: { '@scure/base + @noble/hashes': scureMonero },
  ss58: {
    '@polkadot/util-crypto': polkadot && ((text) => polkadot.decodeAddress(text)),
    '@scure/base + @noble/hashes': scureSs58,
  },
  cardano: { '@scure/base': scurePlain('addr', 57, 1023) },
  cosmos: { '@scure/base': scurePlain('cosmos', 20, 90) },
};

const SLICE = 1000;
const [family, file, seconds] = process.argv.slice(2);
const texts = readFileSync(file, 'utf8').split('\n').filter((line) => line !== '');
const result = {};
for (const [name, parse] of Object.entries(peers[family] ?? {})) {
  if (!parse) continue;
  for (const text of texts) parse(text); // compiles it
  let best = 0;
  let at = 0;
  const end = performance.now() + Number(seconds) * 1000;
  while (performance.now() < end) {
    const slice = texts.slice(at, at + SLICE);
    at = (at + SLICE) % texts.length;
    const start = performance.now();
    for (const text of slice) parse(text);
    best = Math.max(best, (slice.length / (performance.now() - start)) * 1000);
  }
  result[name] = Math.round(best);
}
console.log(JSON.stringify(result));
