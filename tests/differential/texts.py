"""texts: what the differential run asks about, the same for the same seed.

Four sources: the vectors, changed; fresh addresses of every chain, kind and spelling with right
checksums; the same with wrong versions, lengths and checksums; noise of plausible shape. Half of
them are then wrapped the way people publish addresses. The model writes the fresh ones, so that
nothing of src/address has a hand in the questions.
"""
import base64
import random
import string

LABELS_UNKNOWN = ["FOO", "USDX", "wBTC", "L2", ""]
HOMOGLYPHS = {"a": "\u0430", "e": "\u0435", "o": "\u03bf", "c": "\u0441", "p": "\u0440",
              "T": "\u0422", "x": "\u0445", "1": "\uff11", "0": "\uff10", "B": "\u0412"}
INVISIBLE = ["\u200b", "\u00ad", "\ufeff", "\u2060", "\u200d", "\u202e", "\ufe0f"]
SPACES = [" ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000"]
AROUND = [('"', '"'), ("(", ")"), ("[", "]"), ("<", ">"), ("'", "'"), ("`", "`"), (" ", " "),
          ("\u201c", "\u201d"), ("\uff08", "\uff09"), ("- ", ""), ("* ", ""), ("# ", ""),
          ("", ","), ("", "."), ("", ";"), ("", ":"), ("", "\u3002"), ("\u2022 ", ""), ("=", ""),
          ("$", ""), ("", "-"), ("_", "_"), ("\u2192 ", ""), ("{", "}"), ("|", "|"), ("> ", "")]
SCHEMES = ["bitcoin", "litecoin", "dogecoin", "dash", "bitcoingold", "zcash", "monero", "tron",
           "ethereum", "solana", "ripple", "xrp", "xrpl", "stellar", "ton", "cardano",
           "web+cardano", "tezos", "nano", "filecoin", "polkadot", "digibyte", "algorand", "near",
           "avalanche", "verge", "bitcoinsv", "bitcoincash", "ecash", "kaspa", "ronin", "k", "cfx",
           "eth", "arb1", "bnb", "xdc", "mailto", "did:pkh", "btc", "XBT", "USDT", "address"]
QUERIES = ["", "", "?amount=0.1", "?dt=12", "?tag=7", "?amount=1&dt=99999999999", "#x", "&a=b",
           "?dt=", ":123", ":4294967296", "@1", "@56", "@1/transfer?address=0x00", "/", "?"]
CAIP = ["eip155:1", "eip155:56", "eip155:137", "eip155:99999", "cosmos:cosmoshub-4", "xrpl:0",
        "bip122:000000000019d6689c085ae165831e93", "bip122:00000000000000000000000000000000",
        "bip122:000000000000000000651ef99cb9fcbe", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
        "stellar:pubnet", "tron:0x2b6653dc", "polkadot:b0a8d493285c2df73290dfb7e61f870f",
        "hedera:mainnet", "tezos:NetXdQprcVkpaWU", "cip34:1-764824073", "ton:-239",
        "algorand:wGHE2Pwdvd7S12BL5FaOP20EGYesN73k", "near:mainnet", "foo:bar", "stacks:1"]
HOSTS = ["etherscan.io", "bscscan.com", "tronscan.org/#", "solscan.io", "mempool.space",
         "blockchair.com/bitcoin", "www.blockchain.com/explorer", "xrpscan.com", "tonscan.org",
         "example.org", "user@etherscan.io:443", "stellar.expert/explorer/public", "subscan.io",
         "suiscan.xyz/mainnet", "cardanoscan.io", "nearblocks.io", "hashscan.io/mainnet"]
PATHS = ["address/%s", "account/%s", "addr/%s", "wallet/%s", "token/%s", "tx/%s", "%s", "x/%s/y",
         "?a=%s", "?address=%s&x=1", "?q=%s", "address/%s#code", "address/%s?a=%s", "#/address/%s",
         "contract/%s/%s", "block/%s", "address/", "evm/%s", "ADDRESS/%s", "#/wallet/%s?t=1"]
DEFANG = [("http", "hxxp"), ("http", "h**p"), (".", "[.]"), (".", "(.)"), (".", "[dot]"),
          ("://", "[://]"), (":", "[:]"), ("/", "[/]"), ("@", "[@]"), ("http", "HXXP")]
ALPHABETS = [string.hexdigits[:16], string.hexdigits[:16].upper(),
             "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
             "qpzry9x8gf2tvdw0s3jn54khce6mua7l", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
             "abcdefghijklmnopqrstuvwxyz234567", string.ascii_letters + string.digits + "-_",
             ".12345abcdefghijklmnopqrstuvwxyz", string.digits + ".-", string.printable[:95]]
LENGTHS = [1, 2, 4, 8, 12, 13, 20, 24, 26, 32, 33, 34, 35, 39, 40, 41, 42, 43, 44, 47, 48, 56, 58,
           62, 63, 64, 65, 66, 69, 90, 91, 95, 97, 106, 141, 255, 256, 257]
HEADS = ["", "", "", "0x", "0X", "1", "3", "bc1", "bc1q", "bc1p", "T", "r", "X", "G", "M", "EQ",
         "UQ", "0:", "-1:", "addr1", "DdzFF", "4", "8", "f1", "f410f", "f0", "cosmos1", "bnb1",
         "bitcoincash:", "ecash:", "kaspa:", "cfx:", "nano_", "xrb_", "SP", "zil1", "k:", "hx",
         "cx", "xdc", "XDC", "ronin:", "ronin:0x", "one1", "inj1", "XE", "t1", "zs1", "u1", "tex1",
         "X-avax1", "C-0x", "41", "0x41", "tz1", "KT1", "N", "S", "uview1", "secret-", "PVT_",
         "EOS", "erd1", "ltcmweb1", "npub1", "0.0.", "did:pkh:", "edsk", "5", "K", "L"]

# Forms of sibling() that share bytes by design, and all of them, where none should relate.
RELATED_FORMS = [(0, 1, 2, 3), (0, 1, 2, 3), (0, 4, 5, 6, 18, 19), (4, 5), (7, 8, 9, 19), (10, 11),
                 (12, 13, 14, 15, 16), (13, 14), (17,), (18, 0), (20,), tuple(range(21))]


class Texts:
    def __init__(self, model, vectors, seed):
        self.model = model
        self.random = random.Random(seed)
        self.vectors = vectors
        self.tags = sorted(model.CODECS) + sorted(model.ALIAS)
        # what a list can say: the model reads tags and nothing else, so names of chains stay out
        self.common = ["BTC", "XBT", "ETH", "TRX", "USDT", "USDC", "XRP", "LTC", "BCH", "SOL", "BSC"]
        self.rows = list(model._rows().items())

    def bytes(self, count):
        kind = self.random.random()
        if kind < 0.03:
            return bytes(count)
        if kind < 0.08 and count > 2:
            zeros = self.random.randrange(1, count)
            return bytes(zeros) + self.random.randbytes(count - zeros)
        return self.random.randbytes(count)

    # ---- fresh addresses

    def coin(self):
        m, r = self.model, self.random
        space, row = r.choice(self.rows)
        pick = r.random()
        if row["hrp"] and pick < 0.4:
            version, length = r.choice([(0, 20), (0, 32), (1, 32), (1, 2), (2, 40), (16, 2)])
            if r.random() < 0.15:
                version, length = r.randrange(18), r.randrange(0, 43)
            constant = m.BECH32 if version == 0 else m.BECH32M
            if r.random() < 0.05:
                constant = r.choice([m.BECH32, m.BECH32M, 7])
            text = m.bech_enc(r.choice(row["hrp"]), [version] + m.to5(self.bytes(length)), constant)
            return text.upper() if r.random() < 0.15 else text
        if row["cash"] and pick < 0.7:
            version = r.choice([0, 8, 11, 16, 24, 27]) if r.random() < 0.85 else r.randrange(256)
            size = (20, 24, 28, 32, 40, 48, 56, 64)[version & 7] + (r.random() < 0.03)
            prefix = r.choice(row["cash"])
            text = m.cash_enc(prefix, bytes([version]) + self.bytes(size))
            text = prefix + ":" + text if r.random() < 0.6 else text
            return text.upper() if r.random() < 0.15 else text
        versions = row["pkh"] + row["sh"] + row["oldsh"]
        version = r.choice(versions) if versions and r.random() < 0.9 else bytes([r.randrange(256)])
        length = 20 if r.random() < 0.93 else r.choice([19, 21, 32, 33, 34, 78, 1, 0])
        return m.b58check_enc(version + self.bytes(length))

    def evm(self):
        m, r = self.model, self.random
        raw = self.bytes(20)
        digits = raw.hex()
        body = r.choice([digits, digits, m.eip55(digits), m.eip55(digits), digits.upper(),
                         m.eip55(digits, 30), m.eip55(digits, 31)])
        form = r.randrange(9)
        if form == 5:
            return m.icap_enc(raw)
        if form == 6:
            hrp = r.choice(["one", "io", "inj", "evmos", "canto", "dym", "ex", "zeta", "tone", "it"])
            size = 20 if r.random() < 0.9 else 32
            return m.bech_enc(hrp, m.to5(self.bytes(size)), m.BECH32)
        if form == 7:
            return m.fil_enc(4, raw, r.choice("ft"), r.choice([10, 10, 10, 0, 32, 999999]))
        return r.choice(["0x", "0x", "0x", "0x", "0X", "", "xdc", "ronin:", "XDC", "C-0x",
                         "ronin:0x"]) + body

    def tier1(self):
        m, r = self.model, self.random
        form = r.randrange(16)
        if form == 0:
            return m.b58check_enc(r.choice([b"\x41", b"\x41", b"\xa0"]) + self.bytes(20))
        if form == 1:
            return r.choice(["41", "41", "a0", "0x41"]) + self.bytes(20).hex()
        if form == 2:
            return m.b58enc(self.bytes(32 if r.random() < 0.9 else r.choice([31, 33, 64])))
        if form == 3:
            return m.b58check_enc(b"\0" + self.bytes(20), m.B58XRP)
        if form == 4:
            return m.xaddr_enc(self.bytes(20), r.choice([None, 0, 1, r.getrandbits(32)]),
                               r.random() < 0.2)
        if form == 5:
            version = r.choice(list(m.STRKEY) + [r.randrange(256)])
            size = m.STRKEY.get(version, ("", 32))[1]
            body = self.bytes(size) if size else self.payload()
            return m.strkey_enc(version, body)
        if form == 6:
            return "%s:%s" % (r.choice(["0", "-1", "0", "1", "00"]), self.bytes(32).hex())
        if form == 7:
            tag = r.choice([0x11, 0x51, 0x91, 0xd1, r.randrange(256)])
            raw = bytes([tag, r.choice([0, 0, 255, 1])]) + self.bytes(32)
            raw += m.crc16_xmodem(raw).to_bytes(2, "big")
            return r.choice([base64.b64encode, base64.urlsafe_b64encode])(raw).decode()
        if form == 8:
            hrp = r.choice(list(m.COSMOS.values())) + r.choice(["", "", "", "valoper", "valcons",
                                                                "pub"])
            size = r.choice([20, 20, 20, 32, 33])
            return m.bech_enc(hrp, m.to5(self.bytes(size)), m.BECH32)
        if form == 9:
            prefix = r.choice([0, 2, 42, 46, 63, 64, 200, 16383, r.randrange(16384)])
            return m.ss58_enc(prefix, self.bytes(r.choice([32, 32, 32, 33, 2])))
        if form == 10:
            return self.shelley()
        if form == 11:
            return self.byron()
        if form == 12:
            prefix = r.choice(list(m.XMR_PFX) + [r.randrange(256)])
            ours = m.XMR_PFX.get(prefix, ("", ""))[1] == "int"
            return m.xmr_enc(prefix, self.bytes(32), self.bytes(32),
                             self.bytes(8) if ours or r.random() < 0.05 else b"")
        if form == 13:
            return m.bech_enc(r.choice(["tex", "textest", "zs", "ztestsapling", "ltcmweb", "tmweb"]),
                              m.to5(self.bytes(r.choice([20, 43, 66]))),
                              r.choice([m.BECH32, m.BECH32M]))
        if form == 14:
            return m.b58check_enc(r.choice([b"\x16\x9a", b"\x16\xb6"]) + self.bytes(64))
        return self.unified()

    def payload(self):
        size = self.random.choice([1, 4, 29, 32, 64, 0, 65])
        pad = bytes(-size % 4)
        return self.bytes(32) + size.to_bytes(4, "big") + self.bytes(size) + pad

    def shelley(self):
        m, r = self.model, self.random
        kind = r.randrange(16)
        net = r.choice([0, 1, 1, 1, 2])
        size = 56 if kind < 4 else 28
        tail = bytes(r.choice([[1, 2, 3], [0x81, 0, 5, 6], [0x80, 1, 1, 1], [255] * 9 + [1, 0, 0]]))
        body = bytes([kind << 4 | net]) + self.bytes(size) + (tail if kind in (4, 5) else b"")
        hrp = ("stake" if kind >= 14 else "addr") + ("_test" if net == 0 else "")
        if r.random() < 0.05:
            hrp = r.choice(["addr", "stake", "addr_test", "stake_test"])
        return m.bech_enc(hrp, m.to5(body), m.BECH32)

    def byron(self):
        m, r = self.model, self.random
        attributes = r.choice([b"\xa0", b"\xa1\x02\x45\x1a\x41\x70\xcb\x17", b"\xa1\x01\x41\xaa"])
        inner = b"\x83\x58\x1c" + self.bytes(28) + attributes + bytes([r.choice([0, 1, 2, 3])])
        crc = m.crc32(inner)
        return m.b58enc(b"\x82\xd8\x18\x58" + bytes([len(inner)]) + inner + b"\x1a" +
                        crc.to_bytes(4, "big"))

    def unified(self):
        r = self.random
        sizes = {0: 20, 1: 20, 2: 43, 3: 43, 5: 7, 0xC0: 3, 0xE0: 4, 0xE1: 8, 0xFA: 2}
        types = sorted(r.sample(sorted(sizes), r.randrange(1, 5)))
        if sum(2 + sizes[t] for t in types) < 32:  # F4Jumble needs 48 bytes with the prefix
            types = sorted(set(types) | {3})
        items = [(t, self.bytes(sizes[t] + (r.random() < 0.02))) for t in types]
        return self.model.ua_enc(items, r.choice(["u", "u", "utest", "zu", "tu", "uregtest"]))

    def tier2(self):
        m, r = self.model, self.random
        form = r.randrange(21)
        if form == 0:
            return r.choice(["X-", "P-", "C-", ""]) + m.bech_enc(
                r.choice(["avax", "fuji", "custom"]), m.to5(self.bytes(20)), m.BECH32)
        if form == 1:
            kind = r.choice([1, 2, 3])
            return m.fil_enc(kind, self.bytes(48 if kind == 3 else 20), r.choice("fft"))
        if form == 2:
            return m.fil_enc(0, r.choice([0, 1, 1234, 2 ** 63 - 1, 2 ** 63, 10 ** 19]), r.choice("ft"))
        if form == 3:
            return "0xff" + "00" * 11 + self.bytes(8).hex()
        if form == 4:
            return m.algo_enc(self.bytes(32))
        if form == 5:
            return m.b58check_enc(r.choice(list(m.XTZ)) + self.bytes(20)) + \
                r.choice(["", "", "%entry"])
        if form == 6:
            return "0x" + self.bytes(r.choice([32, 32, 31, 20, 1])).hex().lstrip(r.choice("0 "))
        if form == 7:
            return "0x" + m.starknet_case(r.getrandbits(r.choice([251, 248, 256])))
        if form == 8:
            base = "0.%s.%d" % (r.choice(["0", "00", "1"]), r.choice([0, 98, 2 ** 63 - 1, 2 ** 63]))
            return base + ("-" + m.hip15(base, bytes([r.randrange(4)])) if r.random() < 0.5 else "")
        if form == 9:
            text = "".join(r.choice(m.EOS) for _ in range(r.randrange(1, 15)))
            return text
        if form == 10:
            return m.icp_principal_text(self.bytes(r.choice([0, 10, 29, 29, 30])))
        if form == 11:
            principal, sub = self.bytes(r.choice([10, 29])), self.bytes(32)
            check = m.b32enc(m.crc32(principal + sub).to_bytes(4, "big"), m.B32.lower())
            return "%s-%s.%s" % (m.icp_principal_text(principal), check, sub.hex().lstrip("0"))
        if form == 12:
            return m.icp_account(self.bytes(29), self.bytes(32)).hex()
        if form == 13:
            prefix = r.choice(["kaspa", "kaspatest", "kaspadev", "kaspasim"])
            version, size = r.choice([(0, 32), (1, 33), (8, 32), (2, 32)])
            body = m.cash_enc(prefix, bytes([version]) + self.bytes(size))
            return r.choice([prefix + ":", prefix + ":", ""]) + body
        if form == 14:
            head, body = r.choice([(1, b"\x02" + self.bytes(32)), (2, self.bytes(24)),
                                   (3, self.bytes(r.choice([1, 5, 40]))), (17, b"\x03" + self.bytes(32)),
                                   (4, self.bytes(30))])
            raw = bytes([head]) + body
            return m.b58enc(raw + m.blake2b(raw, 32)[:4])
        if form == 15:
            return m.nano_enc(self.bytes(32), r.choice(["nano_", "xrb_", "ban_"]))
        if form == 16:
            raw = bytes([r.choice([0x68, 0x98, 0x60, 0x69])]) + self.bytes(20)
            sums = [m.keccak256(raw)[:4], m.hashlib.sha3_256(raw).digest()[:3]]
            text = m.b32enc(raw + r.choice(sums))
            return "-".join(text[i:i + 6] for i in range(0, len(text), 6)) \
                if r.random() < 0.4 else text
        if form == 17:
            return r.choice([m.b58check_enc(r.choice([b"\x17", b"\x35"]) + self.bytes(20)),
                             m.b58check_enc(self.bytes(20)),
                             m.stx_enc(r.choice([20, 21, 22, 26, 0, 31]), self.bytes(20))])
        if form == 18:
            return m.bech_enc(r.choice(["zil", "erd", "tzil"]),
                              m.to5(self.bytes(r.choice([20, 32]))), m.BECH32)
        if form == 19:
            first = r.choice([0x00, 0x10, 0x80, 0x20])
            prefix = r.choice(["cfx", "cfx", "cfxtest", "net7", "net1029"])
            text = m.cfx_enc(bytes([first]) + self.bytes(19), prefix)
            if r.random() < 0.3:
                text = text.replace(":", ":type.%s:" % r.choice(["user", "contract", "builtin",
                                                                 "null"]))
            return text.upper() if r.random() < 0.3 else text
        raw = b"\x01" + r.choice([b"W", b"T", b"X"]) + self.bytes(20)
        return r.choice([m.b58enc(raw + m.waves_ck(raw)), "k:" + self.bytes(32).hex(),
                         r.choice(["hx", "cx"]) + self.bytes(20).hex(), self.bytes(32).hex(),
                         "alice-%d.near" % r.randrange(99)])

    def noise(self):
        r = self.random
        alphabet = r.choice(ALPHABETS)
        return r.choice(HEADS) + "".join(r.choice(alphabet) for _ in range(r.choice(LENGTHS)))

    # ---- changes

    def mutate(self, text):
        r = self.random
        at = r.randrange(len(text)) if text else 0
        form = r.randrange(11)
        if form == 0:
            return text[:at] + text[at + 1:]
        if form == 1:
            return text[:at] + r.choice(string.ascii_letters + string.digits) + text[at:]
        if form == 2:
            return text[:at] + r.choice(string.ascii_letters + string.digits) + text[at + 1:]
        if form == 3 and len(text) > at + 1:
            return text[:at] + text[at + 1] + text[at] + text[at + 2:]
        if form == 4:
            return text[:at] + text[at:at + 1].swapcase() + text[at + 1:]
        if form == 5:
            return r.choice([text.lower(), text.upper(), text.swapcase()])
        if form == 6:
            return r.choice([text[:at], text[at:], text + text, text[:at] + "..." + text[-4:]])
        if form == 7:
            return text[:at] + r.choice(INVISIBLE) + text[at:]
        if form == 8:
            return text[:at] + r.choice(SPACES) + text[at:]
        if form == 9:
            places = [i for i, c in enumerate(text) if c in HOMOGLYPHS]
            at = r.choice(places) if places else 0
            return text[:at] + HOMOGLYPHS.get(text[at:at + 1], "\u0430") + text[at + 1:]
        return text[:at] + chr(r.choice([0, 1, 31, 127, 128, 160, 0x3b1, 0x1f600, 47, 58, 64])) + \
            text[at:]

    def wrap(self, text):
        r = self.random
        form = r.randrange(9)
        if form == 0:
            left, right = r.choice(AROUND)
            return left + text + right
        if form == 1:
            return r.choice(SCHEMES) + r.choice([":", ":", ":", "://", ": "]) + text + r.choice(QUERIES)
        if form == 2:
            return r.choice(CAIP) + ":" + text + r.choice(["", "", "", "-12", ":1"])
        if form == 3:
            label = r.choice(self.tags) if r.random() < 0.8 else r.choice(LABELS_UNKNOWN)
            return label + r.choice([": ", " ", " - ", "=", " = ", ":", "-", "\t", ":  "]) + text
        if form == 4 or form == 5:
            path = r.choice(PATHS)
            url = r.choice(["http", "https", "HTTPS"]) + "://" + r.choice(HOSTS) + "/" + \
                path.replace("%s", text)
            for _ in range(r.choice([0, 0, 1, 2])):
                url = url.replace(*r.choice(DEFANG))
            return url
        if form == 6:
            return text + r.choice(["@eip155:1", "@eip155:56", "@eip155:x", "?dt=5", ":77", ":x"])
        if form == 7:
            at = r.randrange(len(text) + 1)
            return text[:at] + r.choice(SPACES) + text[at:]
        left, right = r.choice(AROUND)
        outer, end = r.choice(AROUND)
        return outer + left + text + right + end

    # ---- questions

    def bare(self):
        r = self.random
        pick = r.random()
        if pick < 0.25:
            return self.coin()
        if pick < 0.37:
            return self.evm()
        if pick < 0.70:
            return self.tier1()
        if pick < 0.92:
            return self.tier2()
        return self.noise()

    def tag(self):
        r = self.random
        pick = r.random()
        if pick < 0.35:
            return "*"
        if pick < 0.60:
            return r.choice(self.common)
        if pick < 0.95:
            tag = r.choice(self.tags)
            return tag.lower() if r.random() < 0.1 else tag
        return r.choice(LABELS_UNKNOWN) or "*"

    def question(self):
        r = self.random
        if r.random() < 0.3:
            vector = r.choice(self.vectors)
            text, chain, mode = vector["input"], vector["chain"], vector["mode"]
            if r.random() < 0.3:
                chain = self.tag()
            if r.random() < 0.3:
                mode = r.choice(["strict", "list"])
        else:
            text, chain, mode = self.bare(), self.tag(), r.choice(["strict", "list", "list"])
        for _ in range(r.choice([0, 0, 0, 1, 1, 2])):
            text = self.mutate(text)
        for _ in range(r.choice([0, 0, 1, 2]) if mode == "list" else r.choice([0, 0, 0, 1])):
            text = self.wrap(text)
        return {"input": text, "chain": chain, "mode": mode}

    def pair(self):
        """Two texts that may belong together: two spellings of the same bytes, or anything."""
        r = self.random
        if r.random() < 0.8:
            self.shared = self.bytes(64)
            forms = r.choice(RELATED_FORMS)
            a, b = self.sibling(r.choice(forms)), self.sibling(r.choice(forms))
        else:
            a, b = self.bare(), self.bare()
        b = a if r.random() < 0.05 else self.mutate(b) if r.random() < 0.05 else b
        return {"a": a, "a_chain": self.tag(), "b": b, "b_chain": self.tag()}

    def sibling(self, form):
        """A spelling of the shared bytes: as a hash of 20, a key of 32, or a longer payload."""
        r, m = self.random, self.model
        h, k = self.shared[:20], self.shared[:32]
        nested = m.hash160(b"\x00\x14" + h)
        if form == 0:
            return m.b58check_enc(r.choice([b"\0", b"\x05", b"\x30", b"\x1e", b"\x6f", b"\x3c"]) + h)
        if form == 1:
            return m.bech_enc(r.choice(["bc", "tb", "ltc", "btg", "vtc"]), [0] + m.to5(h), m.BECH32)
        if form == 2:
            return m.b58check_enc(r.choice([b"\x05", b"\x32", b"\xc4"]) + nested)
        if form == 3:
            prefix = r.choice(["bitcoincash", "ecash", "bchtest"])
            return prefix + ":" + m.cash_enc(prefix, bytes([r.choice([0, 8, 16])]) +
                                             r.choice([h, nested]))
        if form == 4:
            return m.b58check_enc(b"\0" + h, m.B58XRP)
        if form == 5:
            return m.xaddr_enc(h, r.choice([None, 1, 2]))
        if form == 6:
            return m.bech_enc(r.choice(["cosmos", "thor", "bnb", "inj", "cosmosvaloper", "osmo"]),
                              m.to5(h), m.BECH32)
        if form == 7:
            return "0x" + h.hex()
        if form == 8:
            return m.b58check_enc(b"\x41" + h)
        if form == 9:
            return m.bech_enc(r.choice(["one", "inj", "io"]), m.to5(h), m.BECH32)
        if form == 10:
            return m.bech_enc("bc", [r.choice([0, 0, 1])] + m.to5(k), m.BECH32)
        if form == 11:
            return m.b58check_enc(b"\x05" + m.hash160(b"\x00\x20" + k))
        if form == 12:
            return m.b58enc(k)
        if form == 13:
            return m.strkey_enc(r.choice([6 << 3, 6 << 3, 2 << 3]), k)
        if form == 14:
            return m.strkey_enc(12 << 3, k + bytes([0] * 7 + [r.randrange(3)]))
        if form == 15:
            return m.algo_enc(k) if r.random() < 0.5 else m.ss58_enc(r.choice([0, 2, 42]), k)
        if form == 16:
            return r.choice([k.hex(), "k:" + k.hex(), "0:" + k.hex(), "-1:" + k.hex(), "0x" + k.hex()])
        if form == 17:
            head = r.choice([0x01, 0x61, 0xe1, 0x11, 0x31])
            body = bytes([head]) + self.shared[:28] + (self.shared[28:56] if head < 0x40 else b"")
            hrp = "stake" if head >= 0xe0 else "addr"
            return m.bech_enc(hrp, m.to5(body), m.BECH32)
        if form == 18:
            return m.ua_enc([(0, h), (2, self.shared[:43])]) if r.random() < 0.5 else \
                m.bech_enc("zs", m.to5(self.shared[:43]), m.BECH32)
        if form == 19:
            return r.choice([m.nano_enc(k), m.stx_enc(22, h), m.stx_enc(20, nested),
                             m.b58check_enc(h), m.bech_enc("erd", m.to5(k), m.BECH32),
                             "P-" + m.bech_enc("avax", m.to5(h), m.BECH32), m.icap_enc(h),
                             m.fil_enc(4, h, ns=10), m.icp_principal_text(k[:29]),
                             m.icp_account(k[:29]).hex()])
        return m.xmr_enc(r.choice([18, 42, 19, 53]), k, k)
