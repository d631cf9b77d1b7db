"""The living page of the design language, in development and in the demo only: real fragments around made-up rows."""
