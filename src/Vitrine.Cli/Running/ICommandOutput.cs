using Vitrine.Engine.Sessions;

namespace Vitrine.Cli.Running;

/// <summary>Where what comes out of a run goes.</summary>
internal interface ICommandOutput
{
    /// <summary>The sandbox is there.</summary>
    void Started(Sandbox sandbox);

    /// <summary>The command wrote to its output.</summary>
    void Output(ReadOnlySpan<byte> bytes);

    /// <summary>The command wrote to its error stream.</summary>
    void Error(ReadOnlySpan<byte> bytes);

    /// <summary>Nothing more comes from it: what is held is let out, what it changed of a terminal is undone.</summary>
    void Finish();

    /// <summary>It is over.</summary>
    void Ended(Sandbox sandbox, CommandOutcome outcome, int exitCode);
}
