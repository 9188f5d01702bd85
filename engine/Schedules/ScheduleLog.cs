namespace Ebb.Engine.Schedules;

/// <summary>Everything that the time path can log.</summary>
internal static partial class ScheduleLog
{
    [LoggerMessage(20, LogLevel.Information, "{Object}: {What}")]
    public static partial void Wrote(this ILogger log, string @object, string what);

    [LoggerMessage(21, LogLevel.Warning, "{Object}: {What}: {Failure}")]
    public static partial void WriteFailed(this ILogger log, string @object, string what, string failure);

    [LoggerMessage(23, LogLevel.Information, "{Object} is {Condition}: {Reason}")]
    public static partial void Stands(this ILogger log, string @object, string condition, string reason);

    [LoggerMessage(26, LogLevel.Error, "{Namespace}: {Name} cannot be read; please report this")]
    public static partial void CalendarFailed(this ILogger log, string @namespace, string name, Exception failure);

    [LoggerMessage(22, LogLevel.Error, "a turn of the time path failed; the next one comes as usual")]
    public static partial void ScheduleTurnFailed(this ILogger log, Exception failure);
}
