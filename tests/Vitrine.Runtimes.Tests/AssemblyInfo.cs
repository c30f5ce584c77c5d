// Each test makes real sandboxes and some count what is left: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
