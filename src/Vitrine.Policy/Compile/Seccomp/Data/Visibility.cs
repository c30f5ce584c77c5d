using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Vitrine.Policy.Tests")]
