import { mount } from "svelte";
import "./field.css";
import FieldPage from "./FieldPage.svelte";

mount(FieldPage, { target: document.body });
