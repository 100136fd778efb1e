import '@mantine/core/styles.css';
import './base.css';
import { Router } from 'wouter';
import { mount } from '../page/mount.tsx';
import { session } from './api.ts';
import { App } from './app.tsx';

session.restore();

mount(
  <Router base="/admin">
    <App />
  </Router>,
);
