import { useId, useRef, useState, type FormEvent, type ReactNode } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { bodyOf, labelOf, messageText, nodesOf, type Flow, type UiNode } from '../kratos';
import { t } from '../text';
import { Field } from './Field';

type Props = {
  flow: Flow;
  groups: readonly string[];
  busy: boolean;
  onSubmit: (body: Record<string, unknown>) => void;
  /** Our words for the buttons, by `name=value` or by name. */
  buttons?: Record<string, string>;
  /** Names of buttons that are not the main one. */
  quiet?: readonly string[];
  /** Nodes drawn by the page itself, or not at all, by name or id. */
  omit?: readonly string[];
  /** Labels in place of those for the names. */
  labels?: Record<string, string>;
  /** What to begin with in fields that Kratos leaves empty. */
  values?: Record<string, string | undefined>;
  /** What to say below a field while nothing is wrong with it. */
  hints?: Record<string, string>;
  /** Names of fields in the order to show them; the rest follows. */
  order?: readonly string[];
  /** The password is chosen here, not remembered. */
  newPassword?: boolean;
  /** Buttons as wide as their words. */
  narrow?: boolean;
  autoFocus?: boolean;
  children?: ReactNode;
};

/** Draws the nodes of a flow. What it does not know is said aloud and never dropped. */
export function FlowForm({ flow, groups, busy, onSubmit, buttons = {}, quiet = [], omit = [], labels = {}, hints = {}, values = {}, order = [], newPassword = false, narrow = false, autoFocus = false, children }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const [missing, setMissing] = useState<readonly string[]>([]);
  const place = (n: UiNode) => {
    const at = order.indexOf(n.attributes.name ?? '');
    return at < 0 ? (n.attributes.type === 'submit' ? order.length + 1 : order.length) : at;
  };
  const shown = nodesOf(flow, groups).filter((n) => !omit.includes(n.attributes.name ?? n.attributes.id ?? ''));
  const nodes = order.length > 0 ? shown.toSorted((a, b) => place(a) - place(b)) : shown;
  const firstInput = nodes.find((n) => isText(n))?.attributes.name;

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const submitter = (event.nativeEvent as SubmitEvent).submitter as HTMLButtonElement | null;
    // Buttons such as "send a new code" stand beside fields that they do not need.
    const skips = submitter !== null && quiet.includes(submitter.name);
    const data = new FormData(event.currentTarget);
    const empty = skips
      ? []
      : nodes.filter((n) => isText(n) && n.attributes.required && !String(data.get(n.attributes.name ?? '') ?? '').trim()).map((n) => n.attributes.name!);
    setMissing(empty);
    if (empty.length > 0) {
      form.current?.querySelector<HTMLInputElement>(`input[name="${CSS.escape(empty[0]!)}"]`)?.focus();
      return;
    }
    if (submitter?.name) data.set(submitter.name, submitter.value);
    if (skips) for (const n of nodes) if (isText(n) && n.attributes.name !== submitter?.name && !data.get(n.attributes.name!)) data.delete(n.attributes.name!);
    onSubmit(bodyOf(data.entries()));
  }

  return (
    <Box component="form" ref={form} noValidate onSubmit={submit} sx={{ display: 'grid', gap: 4, gridTemplateColumns: 'minmax(0,1fr)' }}>
      {nodes.map((node, i) => (
        <NodeView
          key={node.attributes.name ? `${node.attributes.name}:${String(node.attributes.value ?? '')}:${i}` : i}
          node={node}
          busy={busy}
          quiet={quiet.includes(node.attributes.name ?? '')}
          button={buttons[`${node.attributes.name}=${String(node.attributes.value)}`] ?? buttons[node.attributes.name ?? '']}
          label={labels[node.attributes.name ?? '']}
          value={values[node.attributes.name ?? '']}
          hint={hints[node.attributes.name ?? '']}
          newPassword={newPassword}
          narrow={narrow}
          missing={missing.includes(node.attributes.name ?? '')}
          autoFocus={autoFocus && node.attributes.name === firstInput}
        />
      ))}
      {children}
    </Box>
  );
}

const textTypes = ['text', 'email', 'password', 'tel', 'url', 'number'];
const isText = (n: UiNode) => n.type === 'input' && textTypes.includes(n.attributes.type ?? 'text');

type NodeProps = { node: UiNode; busy: boolean; quiet: boolean; button?: string; label?: string; value?: string; hint?: string; newPassword: boolean; narrow: boolean; missing: boolean; autoFocus: boolean };

function NodeView({ node, busy, quiet, button, label, value, hint, newPassword, narrow, missing, autoFocus }: NodeProps) {
  const a = node.attributes;
  const id = useId();
  if (node.type === 'input' && a.type === 'hidden') return <input type="hidden" name={a.name} value={String(a.value ?? '')} />;
  if (node.type === 'input' && (a.type === 'submit' || a.type === 'button') && a.onclick === undefined && a.onclickTrigger === undefined) {
    return (
      <Button type="submit" name={a.name} value={String(a.value ?? '')} variant={quiet ? 'text' : 'contained'} size={narrow ? 'medium' : 'large'} fullWidth={!narrow} sx={narrow ? { justifySelf: 'start' } : undefined} disabled={a.disabled || busy} loading={busy && !quiet}>
        {button ?? (node.meta?.label ? messageText(node.meta.label) : a.name)}
      </Button>
    );
  }
  if (isText(node)) {
    const problem = node.messages.filter((m) => m.type !== 'info').map(messageText).join(' ');
    const isCode = ['code', 'totp_code'].includes(a.name ?? '');
    return (
      <Field
        label={label ?? labelOf(node)}
        name={a.name}
        type={a.type ?? 'text'}
        defaultValue={a.type === 'password' ? '' : String(a.value ?? value ?? '')}
        disabled={a.disabled}
        required={false}
        autoFocus={autoFocus}
        autoComplete={newPassword && a.type === 'password' ? 'new-password' : autoComplete(node)}
        hint={hint}
        message={missing ? t('common.required') : problem || undefined}
        slotProps={{
          input: {
            'aria-required': a.required || undefined,
            inputMode: isCode ? 'numeric' : undefined,
            maxLength: isCode ? 6 : 1024,
            autoCapitalize: 'none',
            spellCheck: false,
          },
        }}
        sx={isCode ? { '& input': { fontVariantNumeric: 'tabular-nums', letterSpacing: '0.3em', fontSize: 18 } } : undefined}
      />
    );
  }
  if (node.type === 'input' && a.type === 'checkbox') {
    return (
      <Box sx={{ display: 'flex', gap: 2, alignItems: 'center' }}>
        <input id={id} type="checkbox" name={a.name} value="true" defaultChecked={a.value === true} />
        <label htmlFor={id}>{label ?? labelOf(node)}</label>
      </Box>
    );
  }
  if (node.type === 'text') return <Typography>{a.text ? messageText(a.text) : ''}</Typography>;
  if (node.type === 'img' && a.src) return <Box component="img" src={a.src} alt={node.meta?.label ? messageText(node.meta.label) : ''} sx={{ maxWidth: '100%', justifySelf: 'center' }} />;
  if (node.type === 'a' && a.href) return <Link href={a.href}>{a.title ? messageText(a.title) : t('verification.continue')}</Link>;
  return <Alert severity="warning">{t('common.unsupported', { what: node.meta?.label?.text ?? `${node.group}/${node.type}` })}</Alert>;
}

function autoComplete(node: UiNode): string | undefined {
  switch (node.attributes.name) {
    case 'identifier':
      return 'username';
    case 'password':
      return node.attributes.autocomplete ?? 'current-password';
    case 'code':
    case 'totp_code':
      return 'one-time-code';
    case 'lookup_secret':
      return 'off';
    case 'email':
    case 'traits.email':
      return 'email';
    case 'traits.name':
      return 'name';
  }
  return node.attributes.autocomplete;
}

/** Messages that belong to the flow and not to one field. */
export function FlowMessages({ flow, omit = [] }: { flow: Flow; omit?: readonly number[] }) {
  const messages = (flow.ui.messages ?? []).filter((m) => !omit.includes(m.id));
  if (messages.length === 0) return null;
  return (
    <Box sx={{ display: 'grid', gap: 2, mb: 4 }}>
      {messages.map((m) => (
        <Alert key={`${m.id}:${m.text}`} severity={m.type === 'error' ? 'error' : m.type === 'success' ? 'success' : 'info'} role={m.type === 'error' ? 'alert' : 'status'}>
          {messageText(m)}
        </Alert>
      ))}
    </Box>
  );
}
