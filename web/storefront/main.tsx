import '@mantine/core/styles.css';
import { Title } from '@mantine/core';
import { mount } from '../page/mount.tsx';

mount(
  <main>
    <Title>Things for a desk</Title>
  </main>,
);
