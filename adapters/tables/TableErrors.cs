using System.Text.Json;
using Azure;
using Azure.Identity;
using Ebb.Core.Ports;

namespace Ebb.Tables;

/// <summary>
/// Makes of every failure of the table service a <see cref="ArchiveException"/>; only the caller's cancellation
/// passes.
/// A refusal is told by status and code alone, because the service repeats signatures in what it says.
/// </summary>
internal static class TableErrors
{
    public static async Task<T> TranslateAsync<T>(
        Uri endpoint,
        string subject,
        Func<Task<T>> request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await request().ConfigureAwait(false);
        }
        catch (OperationCanceledException slow) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ArchiveException($"the table service at {endpoint.Authority} did not answer in time", slow);
        }
        catch (AuthenticationFailedException refused)
        {
            throw new ArchiveException($"no token for the table service at {endpoint.Authority}", refused);
        }
        catch (RequestFailedException refused) when (refused.Status >= 300)
        {
            throw new ArchiveException($"{subject}: the service answered {refused.Status}{Code(refused)}");
        }
        catch (Exception failure)
            when (failure is RequestFailedException { Status: 0 } or AggregateException or IOException)
        {
            throw new ArchiveException($"the table service at {endpoint.Authority} cannot be reached", failure);
        }
        catch (Exception fault)
            when (fault
                    is RequestFailedException
                        or JsonException
                        or InvalidOperationException
                        or FormatException
                        or NullReferenceException
            )
        {
            // The library reads an answer without checking its form, so a proxy's page ends in any of these.
            throw new ArchiveException($"{subject}: the service's answer is not what a table service answers", fault);
        }
    }

    /// <summary>A refusal of the sender is XML, which the library does not read: the header has the code too.</summary>
    private static string Code(RequestFailedException refused) =>
        refused.ErrorCode is { } code
        || (refused.GetRawResponse() is { } response && response.Headers.TryGetValue("x-ms-error-code", out code))
            ? $" {code}"
            : "";
}
