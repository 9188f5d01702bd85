using Ebb.Core.Waves;
using Ebb.Core.Workloads;

namespace Ebb.Engine.Power;

/// <summary>Everything that this process can log: id, level, sentence.</summary>
internal static partial class PowerLog
{
    [LoggerMessage(1, LogLevel.Debug, "asked {Workload} to {What}")]
    public static partial void Asked(this ILogger log, string workload, string what);

    [LoggerMessage(2, LogLevel.Debug, "{Workload} is what it was; its baseline is released")]
    public static partial void Released(this ILogger log, string workload);

    [LoggerMessage(
        12,
        LogLevel.Warning,
        "{Workload} is forgotten with its UpsScaler, which was deleted: nothing of it is run on the way up"
    )]
    public static partial void HookForgotten(this ILogger log, string workload);

    [LoggerMessage(3, LogLevel.Warning, "{Workload}, {Direction}: {Failure}")]
    public static partial void WriteFailed(this ILogger log, string workload, Direction direction, string failure);

    [LoggerMessage(5, LogLevel.Warning, "the state store: {Trouble}")]
    public static partial void StoreTrouble(this ILogger log, string trouble);

    [LoggerMessage(6, LogLevel.Error, "a turn of the power path failed; the next one comes as usual")]
    public static partial void TurnFailed(this ILogger log, Exception failure);

    [LoggerMessage(7, LogLevel.Information, "the Functions host gives no ticks: ticking by itself")]
    public static partial void SelfTick(this ILogger log);

    [LoggerMessage(EventId = 9, Message = "{Workload} is {State}: {Reason}")]
    public static partial void Stands(this ILogger log, LogLevel level, string workload, string state, string reason);

    /// <summary>
    /// An outage of many workloads tells of each once when it is asleep and once when it is awake, and whatever is out
    /// of the ordinary.
    /// </summary>
    public static LogLevel LevelOf(WorkloadPhase phase, bool isNew, bool isOdd) =>
        isOdd || (isNew && phase is not (WorkloadPhase.GoingToSleep or WorkloadPhase.Waking))
            ? LogLevel.Information
            : LogLevel.Debug;

    [LoggerMessage(10, LogLevel.Warning, "{Workload}: its Baseline was deleted and is created again")]
    public static partial void Recreated(this ILogger log, string workload);

    [LoggerMessage(8, LogLevel.Warning, "UPS {Ups}: {Note}")]
    public static partial void SupplyNote(this ILogger log, string ups, string note);
}
