import './theme.css';
import { createTheme, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { isPermanent } from '../api/call.ts';

/*
 * The content security policy blocks inline <style>. So Mantine's variables and classes come from its style sheet, and
 * features that inject a <style> are not used: responsive props such as `p={{ base: 'xs', sm: 'md' }}`, `hiddenFrom`,
 * Grid, SimpleGrid, AppShell, Flex with such props, and the scroll lock of Modal and Drawer. Use a CSS module instead.
 */
const theme = createTheme({
  // The same as in theme.css, for Mantine's own computations.
  colors: {
    brand: [
      '#eef7f3',
      '#d9ece4',
      '#b5dacb',
      '#8fc9b2',
      '#6ab698',
      '#48a07e',
      '#2f8767',
      '#216c52',
      '#1a5742',
      '#12392e',
    ],
  },
  primaryColor: 'brand',
  respectReducedMotion: true,
  components: {
    Modal: { defaultProps: { lockScroll: false } },
    Drawer: { defaultProps: { lockScroll: false } },
  },
});

/**
 * Retries everything but permanent errors, three times. `always`: offline, calls fail at once; by default they would be
 * paused silently and sent when the network returns.
 */
const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 3 && !isPermanent(error),
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

/**
 * Renders an entry into #root, in the system's colour scheme. A page restored from the back/forward cache is reloaded:
 * its content may be outdated.
 */
export function mount(content: ReactNode): void {
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
  const root = document.querySelector('#root');
  if (!root) throw new Error('the page has no #root');
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
        <QueryClientProvider client={queryClient}>{content}</QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
