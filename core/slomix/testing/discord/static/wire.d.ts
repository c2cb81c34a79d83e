// What the fake Discord sends to its page.

export interface Choice {
  name: string;
  value: string | number | boolean;
}

export interface Option {
  name: string;
  description: string;
  type: number;
  required?: boolean;
  autocomplete?: boolean;
  choices?: Choice[];
}

export interface Command {
  path: string;
  description: string;
  options: Option[];
}

export interface Embed {
  title?: string;
  url?: string;
  description?: string;
  color?: number;
  fields?: { name: string; value: string }[];
  image?: { url?: string };
  footer?: { text?: string };
}

export interface Component {
  type: number;
  style: number;
  url?: string;
  label?: string;
  emoji?: { name?: string };
  disabled?: boolean;
  custom_id: string;
}

export interface Row {
  components?: Component[];
}

export interface Message {
  id: string;
  author: { username: string; bot: boolean };
  content: string;
  timestamp: string;
  embeds: Embed[];
  attachments: { filename: string; url: string }[];
  components: Row[];
  ephemeral: boolean;
  thinking: boolean;
  used?: string;
  edits?: number;
}

export interface Field {
  custom_id: string;
  style: number;
  label?: string;
  value?: string;
  placeholder?: string;
  required?: boolean;
  max_length?: number;
}

export interface Form {
  title: string;
  components: { components?: Field[]; component?: Field }[];
}

export interface State {
  channel: string;
  messages: Message[];
  commands: Command[];
  connected: boolean;
}

/** The answer of a request; which parts there are depends on what was asked. */
export interface Told {
  form?: Form;
  message?: string;
  choices: Choice[];
}

export type Send = (address: string, body: object) => Promise<Told>;
export type Act = () => void | Promise<unknown>;
export type Press = (id: string) => void;

/** An entry of the list of suggestions. */
export interface Offered {
  title: string;
  detail?: string;
  choose: () => void;
}
