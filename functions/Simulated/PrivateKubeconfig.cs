using System.Diagnostics;
using System.Globalization;

namespace Ebb.Functions.Simulated;

/// <summary>
/// The kubeconfig of the demo, which holds a token that may do everything there: in a folder that nobody else may look
/// into, created for it alone, and gone when the process is.
/// </summary>
internal sealed class PrivateKubeconfig : IDisposable
{
    private const string Prefix = "ebb-demo-";
    private const string FileName = "kubeconfig";
    private readonly string? _folder;

    private PrivateKubeconfig(string path, string? folder) => (Path, _folder) = (path, folder);

    public string Path { get; }

    /// <param name="text">The kubeconfig.</param>
    /// <param name="at">Where somebody wants it; null: in a folder of its own.</param>
    public static PrivateKubeconfig Write(string text, string? at)
    {
        RemoveLeft();
        if (at is not null)
        {
            var wanted = System.IO.Path.GetFullPath(at);
            // What is there goes, and where it is a link, the link: what that names is left alone.
            File.Delete(wanted);
            WriteNew(wanted, text);
            return new PrivateKubeconfig(wanted, null);
        }
        var folder = Folder();
        var path = System.IO.Path.Combine(folder, FileName);
        WriteNew(path, text);
        return new PrivateKubeconfig(path, folder);
    }

    public void Dispose()
    {
        if (_folder is null)
            return;
        File.Delete(Path);
        Directory.Delete(_folder);
    }

    /// <summary>Of the session where there is one, which is private already; else in the temporary folder.</summary>
    private static string Folder()
    {
        var name = $"{Prefix}{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-";
        if (OperatingSystem.IsWindows() || Runtime() is not { } runtime)
            return Directory.CreateTempSubdirectory(name).FullName;
        var folder = System.IO.Path.Combine(runtime, name + Guid.NewGuid().ToString("N")[..12]);
        return Directory
            .CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
            .FullName;
    }

    private static string? Runtime() =>
        Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && Directory.Exists(runtime)
            ? runtime
            : null;

    private static void WriteNew(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new StreamWriter(path, options);
        file.Write(text);
    }

    /// <summary>What a process left behind that was killed.</summary>
    private static void RemoveLeft()
    {
        foreach (var place in new[] { Runtime(), System.IO.Path.GetTempPath() }.OfType<string>())
        foreach (var folder in Directory.EnumerateDirectories(place, $"{Prefix}*"))
        {
            var parts = System.IO.Path.GetFileName(folder)[Prefix.Length..].Split('-');
            if (!int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) || IsRunning(id))
                continue;
            try
            {
                File.Delete(System.IO.Path.Combine(folder, FileName));
                Directory.Delete(folder);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Somebody else's, or with something else in it.
            }
        }
    }

    private static bool IsRunning(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
