namespace Ebb.Engine.Rights;

internal static partial class RightsLog
{
    [LoggerMessage(13, LogLevel.Warning, "a right is missing: {Right}; what needs it will be refused")]
    public static partial void RightMissing(this ILogger log, string right);

    [LoggerMessage(14, LogLevel.Information, "all rights that are needed now are there")]
    public static partial void RightsThere(this ILogger log);

    [LoggerMessage(15, LogLevel.Information, "whether all rights are there is not known: {Why}")]
    public static partial void RightsNotKnown(this ILogger log, string why);

    [LoggerMessage(16, LogLevel.Error, "asking for rights failed; the next time comes as usual")]
    public static partial void AskingFailed(this ILogger log, Exception failure);
}
