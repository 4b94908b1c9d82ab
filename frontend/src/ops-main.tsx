// The operators' console: an entry of its own, with nothing of the agencies' pages in it.
import '@fontsource-variable/inter/wght.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './shared/lib/i18n';
import { OpsApp } from './features/ops/OpsApp';

const root = document.getElementById('root');
if (root) createRoot(root).render(<StrictMode><OpsApp /></StrictMode>);
