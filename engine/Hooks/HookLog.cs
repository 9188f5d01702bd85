using Ebb.Core.Hooks;

namespace Ebb.Engine.Hooks;

/// <summary>What is logged of hooks.</summary>
internal static partial class HookLog
{
    [LoggerMessage(50, LogLevel.Information, "hook {Hook} ({Direction}): {Outcome}: {Detail}")]
    public static partial void HookEnded(
        this ILogger log,
        string hook,
        string direction,
        HookOutcome outcome,
        string detail
    );

    [LoggerMessage(51, LogLevel.Error, "hook {Hook}: an unexpected failure; it is looked at again")]
    public static partial void HookFaulted(this ILogger log, string hook, Exception failure);
}
