// HPKE (RFC 9180) in its base mode, for one message: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Whatever is
// sealed here opens for the holder of the private key alone, with any library of HPKE. The names are the standard's.
const Hpke = (() => {
  const CURVE = { name: "ECDH", namedCurve: "P-256" }, KEM = 0x0010, KDF = 0x0001, AES_256_GCM = 0x0002;
  const KEY_BYTES = { 0x0001: 16, [AES_256_GCM]: 32 }, NONCE_BYTES = 12, HASH_BYTES = 32, MODE_BASE = 0;
  const NOTHING = new Uint8Array(0);
  const ascii = (text) => new TextEncoder().encode(text);
  const two = (number) => Uint8Array.of(number >> 8, number & 255);
  const joined = (...parts) => {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
    return all;
  };

  async function hmac(key, data) {
    const how = { name: "HMAC", hash: "SHA-256" };
    const ready = await crypto.subtle.importKey("raw", key.length ? key : new Uint8Array(HASH_BYTES), how, false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("HMAC", ready, data));
  }
  const labelled = (suite, label, data) => joined(ascii("HPKE-v1"), suite, ascii(label), data);
  const extract = (suite, salt, label, material) => hmac(salt, labelled(suite, label, material));
  /** Of one block, which is all that is needed here: ``length`` up to 32 bytes. */
  const expand = async (suite, key, label, info, length) =>
    (await hmac(key, joined(two(length), labelled(suite, label, info), Uint8Array.of(1)))).slice(0, length);

  /** The secret that sender and receiver share, and what the receiver needs to find it: section 4.1. */
  async function encapsulate(receiver, ephemeral) {
    const suite = joined(ascii("KEM"), two(KEM));
    const key = await crypto.subtle.importKey("raw", receiver, CURVE, false, []);
    const dh = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: key }, ephemeral.privateKey, 256));
    const enc = new Uint8Array(await crypto.subtle.exportKey("raw", ephemeral.publicKey));
    const prk = await extract(suite, NOTHING, "eae_prk", dh);
    return { enc, secret: await expand(suite, prk, "shared_secret", joined(enc, receiver), HASH_BYTES) };
  }
  /** Key and nonce of the first message: section 5.1. */
  async function schedule(shared, info, aead) {
    const suite = joined(ascii("HPKE"), two(KEM), two(KDF), two(aead));
    const ofPsk = await extract(suite, NOTHING, "psk_id_hash", NOTHING), ofInfo = await extract(suite, NOTHING, "info_hash", info);
    const context = joined(Uint8Array.of(MODE_BASE), ofPsk, ofInfo), secret = await extract(suite, shared, "secret", NOTHING);
    const raw = await expand(suite, secret, "key", context, KEY_BYTES[aead]);
    const iv = await expand(suite, secret, "base_nonce", context, NONCE_BYTES);
    return { iv, key: await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]) };
  }

  /** ``enc`` and ciphertext in one piece (section 6.1). The last argument is there to be held against the standard's
      test vectors: a key of the moment, data that is only authenticated, another length of AES. */
  async function seal(receiver, info, text, { ephemeral = null, aad = NOTHING, aead = AES_256_GCM } = {}) {
    const own = ephemeral || await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
    const { enc, secret } = await encapsulate(receiver, own);
    const { key, iv } = await schedule(secret, info, aead);
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: aad }, key, text);
    return joined(enc, new Uint8Array(sealed));
  }
  return { seal };
})();
