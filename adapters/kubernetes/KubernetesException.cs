using System.Globalization;

namespace Ebb.Kubernetes;

/// <summary>
/// The API server refused, failed or could not be reached. The message is for people and holds no secret. The caller's
/// own cancellation is never one of these.
/// </summary>
public class KubernetesException : Exception
{
    internal KubernetesException(
        string message,
        int? code,
        string? reason,
        StatusDetails? details,
        Exception? inner = null
    )
        : base(message, inner)
    {
        Code = code;
        Reason = reason;
        Details = details;
    }

    /// <summary>The HTTP status, or the code of an ERROR in a watch; null when no answer came.</summary>
    public int? Code { get; }

    /// <summary>
    /// The server's reason, such as NotFound or Expired; null when it gave none. 422 is Invalid, 409 Conflict or
    /// AlreadyExists.
    /// </summary>
    public string? Reason { get; }

    /// <summary>The details of the refusal; null when there are none.</summary>
    public StatusDetails? Details { get; }

    /// <summary>The version at which a list or watch continued is no longer kept: list again.</summary>
    public bool IsExpired => Code == 410 || Reason is "Expired" or "Gone";

    /// <summary>There was no answer because the server could not be reached or the connection broke.</summary>
    internal static KubernetesException NoAnswer(string message, Exception? inner) =>
        new(message, null, null, null, inner);

    /// <summary>Never sent, since the server could only refuse it.</summary>
    internal static KubernetesException Refused(string message) => new(message, 422, "Invalid", null);

    internal static KubernetesException Answered(int code, ApiStatus? status, string target)
    {
        var said = string.IsNullOrWhiteSpace(status?.Message)
            ? $"HTTP {code.ToString(CultureInfo.InvariantCulture)}"
            : Cut(status.Message.Trim());
        var message = code == 403 ? $"a right is missing to {target}: {said}" : $"cannot {target}: {said}";
        return new(message, status?.Code is >= 400 and var own ? own : code, status?.Reason, status?.Details);
    }

    // A 422 quotes the whole object.
    private static string Cut(string text) => text.Length <= 600 ? text : text[..600] + "…";
}

/// <summary>
/// No answer within the deadline, retries included. If it was a write, it may or may not have been done.
/// </summary>
public sealed class KubernetesTimeoutException : KubernetesException
{
    internal KubernetesTimeoutException(string message, Exception? inner)
        : base(message, null, null, null, inner) { }
}

/// <summary>The details of a refusal.</summary>
/// <param name="Name">The object.</param>
/// <param name="Group">Its group.</param>
/// <param name="Kind">Its kind or, depending on the refusal, its plural.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Causes">One for each field that was wrong.</param>
/// <param name="RetryAfterSeconds">After how many seconds to try again.</param>
public sealed record StatusDetails(
    string? Name,
    string? Group,
    string? Kind,
    string? Uid,
    IReadOnlyList<StatusCause>? Causes,
    int? RetryAfterSeconds
);

/// <summary>One cause of a refusal.</summary>
/// <param name="Reason">The server's reason.</param>
/// <param name="Message">For people.</param>
/// <param name="Field">The field, as a path with dots.</param>
public sealed record StatusCause(string? Reason, string? Message, string? Field);

/// <summary>The object that carries a refusal.</summary>
internal sealed record ApiStatus(string? Message, string? Reason, int? Code, StatusDetails? Details);
