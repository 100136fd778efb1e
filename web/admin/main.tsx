import '@mantine/core/styles.css';
import './base.css';
import { Router } from 'wouter';
import { mount } from '../page/mount.tsx';
import { App } from './app.tsx';

mount(
  <Router base="/admin">
    <App />
  </Router>,
);
