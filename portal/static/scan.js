// Reads the code on an outlet with the camera, or from a photo: by the browser's own detector where it has one, else by
// the library's. Whatever the code says, only the UUID in it is taken, so that no sticker leads away from here.
const page = document.querySelector("[data-scan]");
const video = page.querySelector("video");
const said = page.querySelector("[data-said]");
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
const EVERY_MS = 200;
const MOST_PX = 1200; // Of a photo: more takes long and finds no more.
let detector = null;

async function makeDetector() {
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    return new BarcodeDetector({ formats: ["qr_code"] });
  }
  const library = await import(new URL(page.dataset.scan, location.href));
  return new library.BarcodeDetector({ formats: ["qr_code"] });
}

const say = (what) => { said.textContent = page.dataset[what]; };

// Whether the picture holds a code of an outlet; goes there if it does.
async function read(picture, nothing) {
  detector ??= await makeDetector();
  const [code] = await detector.detect(picture);
  const uuid = code && UUID.exec(code.rawValue);
  if (uuid) location.assign(page.dataset.go + uuid[0].toLowerCase());
  else if (code) say("strange");
  else if (nothing) say(nothing);
  return Boolean(uuid);
}

async function watch() {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  say("looks");
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  addEventListener("pagehide", stop);
  for (;;) {
    if (!document.hidden && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && (await read(video))) return stop();
    await new Promise((resolve) => { setTimeout(resolve, EVERY_MS); });
  }
}

function whyNot(error) {
  if (error.name === "NotAllowedError") return "denied";
  return ["NotFoundError", "OverconstrainedError"].includes(error.name) ? "missing" : "busy";
}

page.querySelector("[data-photo]").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  event.target.value = ""; // So that the same one can be chosen again.
  try {
    const whole = await createImageBitmap(file);
    const scale = Math.min(1, MOST_PX / Math.max(whole.width, whole.height));
    await read(await createImageBitmap(whole, { resizeWidth: Math.round(whole.width * scale), resizeQuality: "high" }), "nothing");
  } catch {
    say("nothing"); // It is no picture that this browser can read.
  }
});

// Chromium gives the camera to https alone, and then has no mediaDevices at all.
if (!navigator.mediaDevices) say("insecure");
else watch().catch((error) => { video.hidden = true; say(whyNot(error)); });
