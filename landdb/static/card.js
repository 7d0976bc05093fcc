/* landdb: the QR code of an identity card by the camera, where the browser can read codes by itself. Without this the
   field takes what a scanner types. Nothing leaves the page but the text of the code, in the form. */
(() => {
  "use strict";
  const button = document.getElementById("camera");
  const view = document.getElementById("camera-view");
  const state = document.getElementById("camera-state");
  const form = document.getElementById("card-form");
  const code = document.getElementById("code");
  if (!button || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;

  const say = (name) => { state.textContent = state.dataset[name]; };
  const stop = () => {
    for (const track of view.srcObject?.getTracks() ?? []) track.stop();
    view.srcObject = null;
    view.hidden = true;
  };

  const look = async (detector) => {
    if (!view.srcObject) return;
    const [found] = await detector.detect(view).catch(() => []);
    if (found?.rawValue) {
      code.value = found.rawValue;
      stop();
      form.requestSubmit();
      return;
    }
    requestAnimationFrame(() => look(detector));
  };

  BarcodeDetector.getSupportedFormats().then((formats) => {
    if (formats.includes("qr_code")) button.hidden = false;
  });
  button.addEventListener("click", async () => {
    say("opening");
    try {
      view.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      view.hidden = false;
      await view.play();
      say("looking");
      look(new BarcodeDetector({ formats: ["qr_code"] }));
    } catch {
      stop();
      say("none");
    }
  });
  addEventListener("pagehide", stop);
})();
