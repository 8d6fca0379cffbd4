import { mount } from "svelte";
import "./app.css";
import App from "./panel/App.svelte";

mount(App, { target: document.body });
