// The site, sign-in and the security pages: an entry of its own without the
// router, the store and the shell, so that the first page anybody sees is small.
import '@fontsource-variable/inter/wght.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { AuthRoot } from './features/auth/AuthRoot';

const root = document.getElementById('root');
if (root) createRoot(root).render(<StrictMode><AuthRoot /></StrictMode>);
