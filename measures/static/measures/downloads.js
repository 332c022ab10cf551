// A large file takes a few seconds to make: say so on its button until it comes. Without this script, links are links.

const status = document.querySelector("[data-making]");

function nameOf(response) {
  const header = response.headers.get("Content-Disposition") || "";
  const encoded = header.match(/filename\*=utf-8''([^;]+)/i);
  const plain = header.match(/filename="([^"]+)"/i);
  return encoded ? decodeURIComponent(encoded[1]) : plain ? plain[1] : "";
}

async function download(link) {
  link.setAttribute("aria-busy", "true");
  status.textContent = status.dataset.making;
  try {
    const response = await fetch(link.href);
    const name = nameOf(response);
    // A refusal is a page to read, not a file to keep.
    if (!response.ok || !name) throw new Error(response.status);
    const file = document.createElement("a");
    file.href = URL.createObjectURL(await response.blob());
    file.download = name;
    file.click();
    setTimeout(() => URL.revokeObjectURL(file.href), 60_000);
    status.textContent = status.dataset.made;
  } catch {
    location.assign(link.href);
  } finally {
    link.removeAttribute("aria-busy");
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-download]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.getAttribute("aria-busy") !== "true") download(link);
});
