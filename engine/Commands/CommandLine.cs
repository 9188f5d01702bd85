using Ebb.Core.Settings;

namespace Ebb.Engine.Commands;

/// <summary>What a program is asked to do.</summary>
internal enum Command
{
    Run,
    Help,
    Version,
    Check,
    Plan,
    ReleaseAll,
}

/// <summary>The arguments of a program: at most one command, and settings.</summary>
/// <param name="Command">What is asked.</param>
/// <param name="Settings">What is left for the configuration, each <c>--Setting=value</c>.</param>
/// <param name="Fault">What is wrong with them; null: nothing.</param>
internal sealed record CommandLine(Command Command, string[] Settings, string? Fault = null)
{
    public static CommandLine Read(string[] args)
    {
        if (args.Contains("--help") || args.Contains("-h") || args is ["help"])
            return new CommandLine(Command.Help, []);
        if (args.Contains("--version"))
            return new CommandLine(Command.Version, SettingArguments.Of([.. args.Where(IsSetting)]));
        var (command, rest) = args switch
        {
            ["check", .. var more] => (Command.Check, more),
            ["plan", .. var more] => (Command.Plan, more),
            ["release", "--all", .. var more] => (Command.ReleaseAll, more),
            _ => (Command.Run, args),
        };
        var wrong = rest.FirstOrDefault(one => !IsSetting(one));
        return new CommandLine(
            command,
            SettingArguments.Of(rest),
            wrong is null
                ? null
                : $"expected check, plan, release --all, --help, --version, or --Setting=value, found \"{wrong}\""
        );
    }

    private static bool IsSetting(string text) =>
        text.StartsWith("--", StringComparison.Ordinal) && text.IndexOf('=', StringComparison.Ordinal) > 2;
}
