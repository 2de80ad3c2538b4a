/* What goes with the next message: photos with a preview, and the phone's position. */

import { icon, make } from "./make.js";
import { faultOf, keepPicture, lightened } from "./pictures.js";
import { random } from "./wire.js";

const MOST = 6;

export class Attachments {
  constructor({ list, file, say }) {
    this.list = list;
    this.file = file;
    this.say = say;
    this.pictures = [];
    this.location = null;
    this.working = Promise.resolve();
    file.addEventListener("change", () => {
      this.working = this.addAll([...file.files]);
      file.value = "";
    });
  }

  choose() {
    this.file.click();
  }

  async addAll(files) {
    this.say("");
    for (const file of files) {
      const fault = this.pictures.length >= MOST ? `一次最多发${MOST}张照片，其余的请接着发。` : faultOf(file);
      if (fault) {
        this.say(fault);
        continue;
      }
      const blob = await lightened(file);
      const key = random(12);
      await keepPicture(key, blob);
      this.pictures.push({ key, name: file.name, address: URL.createObjectURL(blob) });
      this.show();
    }
  }

  locate() {
    if (!navigator.geolocation) return this.say("这台设备不能定位，请直接写路名或小区。");
    this.say("正在定位…");
    return navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        this.location = { latitude: coords.latitude, longitude: coords.longitude };
        this.say("位置已加上，点发送就行。");
        this.show();
      },
      (error) =>
        this.say(error.code === error.PERMISSION_DENIED ? "您没有允许定位。没关系，直接写路名或小区就行。" : "没定到位置，请直接写路名或小区。"),
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
    );
  }

  /* Hands over what is attached, and is empty again. */
  async take() {
    await this.working;
    const taken = { pictures: this.pictures.map((picture) => picture.key), location: this.location };
    this.pictures = [];
    this.location = null;
    this.show();
    return taken;
  }

  show() {
    const items = this.pictures.map((picture, index) => {
      const image = make("img", "");
      image.src = picture.address;
      image.alt = picture.name;
      return this.item([image], `去掉照片 ${picture.name}`, () => this.pictures.splice(index, 1));
    });
    if (this.location) {
      items.push(this.item([make("span", "spot", icon("place"), "我的位置")], "去掉位置", () => (this.location = null)));
    }
    this.list.replaceChildren(...items);
    this.list.hidden = !items.length;
  }

  item(children, label, remove) {
    const button = make("button", "remove", icon("close"));
    button.type = "button";
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => {
      remove();
      this.show();
    });
    return make("li", "", ...children, button);
  }
}
