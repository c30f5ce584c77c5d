return await Vitrine.Cli.CommandLine.RunAsync(args, Vitrine.Cli.Output.CliConsole.ForThisProcess()).ConfigureAwait(false);
