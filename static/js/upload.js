// Files on their way beside the form: several at once, chosen or dropped, with progress, and again where one failed.
// A large one goes in pieces, so that a broken line costs one piece. What has been typed stays where it is; without
// scripts the files go with the form.
(() => {
  "use strict";

  const make = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  // What a page of the server's says went wrong.
  const wordsOf = (text) => {
    const page = new DOMParser().parseFromString(text ?? "", "text/html");
    return page.querySelector("main .pre")?.textContent.trim();
  };

  // The library that sends in pieces comes with the first file that needs it.
  let library = null;
  const libraryFrom = (src) => (library ??= new Promise((done) => {
    const failed = () => { library = null; done(null); };
    document.head.append(make("script", { src, onload: () => done(window.tus), onerror: failed }));
  }));

  // The list of evidence as it is now, and what still stands in the way; nothing typed is touched.
  const refresh = async () => {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const reasons = [...document.querySelectorAll("[id^='why-not-']")].map((reason) => reason.id);
    for (const id of ["evidence", ...reasons]) {
      const [place, fresh] = [document.getElementById(id), page.getElementById(id)];
      if (place && fresh) place.replaceWith(document.importNode(fresh, true));
    }
  };

  const prepare = (area) => {
    const form = area.closest("form");
    const input = area.querySelector("input[type=file]");
    const list = area.querySelector(".sending");
    const say = area.dataset;
    const queue = [];
    let busy = false;
    let held = null; // the button that was pressed while files were on their way
    let failed = 0;

    const line = (file) => {
      const item = make("li");
      const state = make("span", { className: "muted", textContent: say.waiting });
      const progress = make("progress", { max: 100, value: 0, ariaLabel: file.name });
      item.append(make("span", { className: "what", textContent: file.name }), progress, state);
      list.append(item);
      return { file, item, state, progress };
    };

    const fail = (job, words, again) => {
      failed += 1;
      job.progress.remove();
      job.state.className = "wrong";
      job.state.textContent = words;
      const press = make("button", { type: "button", className: "textual", textContent: again ? say.again : say.dismiss });
      press.addEventListener("click", () => {
        job.item.remove();
        failed -= 1;
        if (again) add([job.file]);
      });
      job.item.append(press);
    };

    const show = (job, sent, all) => {
      const share = Math.floor((100 * sent) / all);
      job.progress.value = share;
      job.state.textContent = `${share}%`;
    };

    const arrive = (job) => {
      job.progress.value = 100;
      job.state.textContent = say.sent;
      setTimeout(() => job.item.remove(), 4000);
      // The server may now have what it missed: it looks again when the form is sent.
      for (const button of form.querySelectorAll("[data-once-filled]")) button.disabled = false;
    };

    // By the answer's status, 0 where there was none, and the page that came with it.
    const refuse = (job, status, text) => {
      if (!status) fail(job, say.lost, true);
      else if (status === 401 || status === 400) fail(job, say.signedOut, true);
      else fail(job, wordsOf(text) ?? say.refused, status >= 500);
    };

    const settle = (job, request) => {
      let answer = null;
      try { answer = JSON.parse(request.responseText); } catch { /* a page, then */ }
      if (request.status !== 200 || !answer) refuse(job, request.status, request.responseText);
      else if (answer.problems.length) fail(job, answer.problems.join(" "), false);
      else arrive(job);
    };

    const sendWhole = (job) => new Promise((done) => {
      const request = new XMLHttpRequest();
      const body = new FormData();
      body.append("csrf_token", form.elements.csrf_token.value);
      body.append("file", job.file, job.file.name);
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) show(job, event.loaded, event.total);
      });
      request.addEventListener("load", () => settle(job, request));
      request.addEventListener("error", () => refuse(job, 0));
      request.addEventListener("loadend", done);
      request.open("POST", say.upload);
      request.send(body);
    });

    // Tried again by itself for a while, and gone on with where the same file is chosen again, even on another day.
    const sendInPieces = (job, tus) => new Promise((done) => {
      const upload = new tus.Upload(job.file, {
        endpoint: say.pieces,
        chunkSize: Number(say.piece),
        retryDelays: [0, 1000, 3000, 10000],
        headers: { "X-CSRFToken": form.elements.csrf_token.value },
        metadata: { filename: job.file.name },
        removeFingerprintOnSuccess: true,
        onProgress: (sent, all) => show(job, sent, all),
        onSuccess: () => { arrive(job); done(); },
        onError: ({ originalResponse: answer }) => {
          refuse(job, answer?.getStatus() ?? 0, answer?.getBody());
          done();
        },
      });
      upload.findPreviousUploads().then((before) => {
        if (before.length) upload.resumeFromPreviousUpload(before[0]);
        upload.start();
      });
    });

    const send = async (job) => {
      const tus = job.file.size > Number(say.piece) ? await libraryFrom(say.library) : null;
      await (tus ? sendInPieces(job, tus) : sendWhole(job));
    };

    const work = async () => {
      if (busy) return;
      busy = true;
      area.dataset.busy = "";
      do {
        while (queue.length) await send(queue.shift());
        await refresh();
      } while (queue.length); // more may have been added meanwhile
      busy = false;
      delete area.dataset.busy;
      const pressed = held;
      held = null;
      if (pressed && !failed) form.requestSubmit(pressed);
    };

    const add = (files) => {
      for (const file of files) {
        const job = line(file);
        if (file.size > Number(say.most)) fail(job, say.tooLarge, false);
        else queue.push(job);
      }
      work();
    };

    input.addEventListener("change", () => {
      const chosen = [...input.files];
      input.value = ""; // they go by themselves, not a second time with the form
      add(chosen);
    });

    const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    form.addEventListener("dragover", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      form.classList.add("dropping");
    });
    form.addEventListener("dragleave", (event) => {
      if (!form.contains(event.relatedTarget)) form.classList.remove("dropping");
    });
    form.addEventListener("drop", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      form.classList.remove("dropping");
      add([...event.dataTransfer.files]);
    });

    // Saved or submitted while files are on their way: it is done when they have arrived.
    form.addEventListener("submit", (event) => {
      if (!busy) return;
      event.preventDefault();
      held = event.submitter;
    });
    window.addEventListener("beforeunload", (event) => {
      if (busy) event.preventDefault();
    });
    for (const hint of area.querySelectorAll("[data-scripted]")) hint.hidden = false;
  };

  // Pages also come by htmx, which leaves the scripts in the head as they are.
  const begin = () => document.querySelectorAll("[data-upload]:not([data-ready])").forEach((area) => {
    area.dataset.ready = "";
    prepare(area);
  });
  document.addEventListener("htmx:afterSettle", begin);
  begin();
})();
